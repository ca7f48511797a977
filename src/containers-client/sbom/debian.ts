/** Installed Debian packages, from dpkg's database, as parts of an SBOM. Pure. */
import { purl, type Part } from './cyclonedx.ts';

interface Installed {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface Distribution {
  /** As in os-release: `debian`. */
  readonly id: string;
  /** `13` */
  readonly versionId: string;
}

/** From the text of `/usr/lib/os-release`. */
export function distributionOf(osRelease: string): Distribution {
  const field = (name: string): string => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(osRelease)?.[1] ?? '';
  return { id: field('ID'), versionId: field('VERSION_ID') };
}

/** `status` is the text of `/var/lib/dpkg/status`, and of files of `status.d` after it. */
export function debianParts(status: string, distribution: Distribution): readonly Part[] {
  const installed = stanzas(status).filter(({ fields }) => fields['Status'] === 'install ok installed');
  const providers = providersOf(installed, distribution);
  return installed.map((one) => ({
    component: {
      type: 'library',
      'bom-ref': purlOf(one, distribution),
      name: one.name,
      version: one.version,
      purl: purlOf(one, distribution),
    },
    dependsOn: dependenciesOf(one).flatMap((alternatives) => {
      const found = alternatives.map((name) => providers.get(name)).find((ref) => ref !== undefined);
      return found === undefined ? [] : [found];
    }),
  }));
}

/** `Key: value` lines of each package, the name first; lines that continue a value are left out. */
function stanzas(status: string): Installed[] {
  return status.split(/^(?=Package: )/m).flatMap((text) => {
    const fields = Object.fromEntries(
      [...text.matchAll(/^([A-Za-z-]+): (.*)$/gm)].map(([, key = '', value = '']) => [key, value]),
    );
    const { Package: name, Version: version, Architecture: architecture } = fields;
    if (name === undefined || version === undefined || architecture === undefined) return [];
    return [{ name, version, architecture, fields }];
  });
}

/** Scanners look up Debian's advisories by the source package: `upstream`, with its version where that differs. */
function purlOf({ name, version, architecture, fields }: Installed, { id, versionId }: Distribution): string {
  const [, source, sourceVersion] = /^(\S+)(?: \((\S+)\))?$/.exec(fields['Source'] ?? '') ?? [];
  const upstream = source === undefined ? {} : { upstream: sourceVersion ? `${source}@${sourceVersion}` : source };
  return purl('deb', [id, name], version, { arch: architecture, distro: `${id}-${versionId}`, ...upstream });
}

/** References by the name of a package, or of what it provides. */
function providersOf(installed: readonly Installed[], distribution: Distribution): ReadonlyMap<string, string> {
  const provided = installed.flatMap((one) =>
    names(one.fields['Provides'] ?? '').map((name) => [name, purlOf(one, distribution)] as const),
  );
  // A package itself comes before others that provide its name.
  return new Map([...provided, ...installed.map((one) => [one.name, purlOf(one, distribution)] as const)]);
}

/** Names of alternatives, for each dependency. */
function dependenciesOf({ fields }: Installed): readonly (readonly string[])[] {
  return [fields['Pre-Depends'] ?? '', fields['Depends'] ?? '']
    .flatMap((field) => field.split(','))
    .map((clause) => clause.split('|').flatMap(names))
    .filter((alternatives) => alternatives.length > 0);
}

/** `a (= 1), b:amd64` → a, b */
function names(field: string): string[] {
  return field.split(',').flatMap((one) => /^\s*([a-z0-9][a-z0-9+.-]*)/.exec(one)?.[1] ?? []);
}

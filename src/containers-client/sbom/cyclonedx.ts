/**
 * The part of CycloneDX 1.6 that Deskpod writes (https://cyclonedx.org/docs/1.6/json/). The same input gives the same
 * bytes: components are sorted, and the serial number is a hash of the content. Pure.
 */
import { createHash } from 'node:crypto';
import packageJson from '../../../package.json' with { type: 'json' };

export type License =
  | { readonly license: { readonly id: string } }
  | { readonly license: { readonly name: string } }
  | { readonly expression: string };

export interface Component {
  readonly type: 'application' | 'container' | 'library' | 'operating-system';
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  /** Left out: required. `optional`: for other machines; `excluded`: only builds or tests. */
  readonly scope?: 'optional' | 'excluded';
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses?: readonly License[];
  readonly cpe?: string;
  readonly purl?: string;
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

/** A component and the `bom-ref`s of those that it needs. */
export interface Part {
  readonly component: Component;
  readonly dependsOn: readonly string[];
}

export interface Bom {
  readonly $schema: string;
  readonly bomFormat: 'CycloneDX';
  readonly specVersion: '1.6';
  readonly serialNumber: string;
  readonly version: number;
  readonly metadata: {
    readonly timestamp?: string;
    readonly tools: { readonly components: readonly Component[] };
    readonly component: Component;
  };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

export interface BomSubject extends Part {
  /** When it was built, if it was. */
  readonly builtAt: Date | null;
}

/** Parts with the same `bom-ref` count once. */
export function bomOf(subject: BomSubject, parts: readonly Part[]): Bom {
  const sorted = [...new Map(parts.map((part) => [refOf(part), part])).values()].toSorted((one, other) =>
    byText(refOf(one), refOf(other)),
  );
  const tool: Component = { type: 'application', 'bom-ref': 'tool', ...OURSELVES };
  const content = {
    metadata: {
      ...(subject.builtAt === null ? {} : { timestamp: subject.builtAt.toISOString() }),
      tools: { components: [tool] },
      component: subject.component,
    },
    components: sorted.map(({ component }) => component),
    dependencies: [subject, ...sorted].map((part) => ({
      ref: refOf(part),
      dependsOn: [...new Set(part.dependsOn)].toSorted(byText),
    })),
  };
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify(content))}`,
    version: 1,
    ...content,
  };
}

export const OURSELVES = { name: packageJson.name, version: packageJson.version };

/** A package URL (https://github.com/package-url/purl-spec). Qualifiers must be in alphabetical order. */
export function purl(
  type: string,
  path: readonly string[],
  version: string,
  qualifiers: Readonly<Record<string, string>> = {},
): string {
  const query = Object.entries(qualifiers).map(([name, value]) => `${name}=${encoded(value)}`);
  const name = path.map(encoded).join('/');
  return `pkg:${type}/${name}@${encoded(version)}${query.length === 0 ? '' : `?${query.join('&')}`}`;
}

/** An SPDX identifier, an expression of them, or any other text. */
export function licenseOf(text: string): License {
  if (text === 'UNLICENSED' || text.startsWith('SEE LICENSE')) return { license: { name: text } };
  if (/^[A-Za-z0-9.+-]+$/.test(text)) return { license: { id: text } };
  return /^[\w.+() -]+$/.test(text) && / (OR|AND|WITH) /.test(text)
    ? { expression: text }
    : { license: { name: text } };
}

function refOf({ component }: Part): string {
  return component['bom-ref'];
}

/** Colons stay, as the specification has it. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll('%3A', ':');
}

/** Not by locale: the order must be the same everywhere. */
function byText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** Version 8 (RFC 9562): the meaning of the bits is ours. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

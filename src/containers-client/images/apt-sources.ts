/**
 * Where the base image gets its packages: the machine's apt configuration, adapted to the release of the image. Pure.
 */

export const RELEASE = 'trixie';

/**
 * One-line sources of `RELEASE` from the texts of this machine's source files (both formats). Only Debian's own
 * archives count, recognised by their suite names; with an empty list the tool's default applies.
 */
export function debianSources(texts: readonly string[]): string[] {
  const found = new Set<string>();
  for (const { uris, suites } of texts.flatMap((text) => [...oneLine(text), ...deb822(text)])) {
    for (const uri of uris.filter((candidate) => /^https?:\/\//.test(candidate))) {
      for (const suite of suites) {
        const part = DEBIAN_SUITE.exec(suite)?.[2];
        if (part !== undefined && !found.has(`${uri} ${part}`)) {
          found.add(`deb ${uri.replace(/\/+$/, '')} ${RELEASE}${part} main`);
        }
      }
    }
  }
  const lines = [...found];
  // Updates alone are no complete system.
  return lines.some((line) => line.includes(` ${RELEASE} `)) ? lines.sort(byLength) : [];
}

/** Proxy and clock settings of `apt-config dump` that an image needs as well, as apt options. */
export function carriedOptions(dump: string): string[] {
  return dump
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^Acquire::(https?::(?!.*Detect).*Proxy\S*|Check-Valid-Until|Check-Date) "[^"]+";$/i.test(line));
}

interface Source {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
}

const DEBIAN_SUITE = /^(buster|bullseye|bookworm|trixie|forky|sid|stable|oldstable|testing)((?:-security|-updates)?)$/;

function oneLine(text: string): Source[] {
  return text.split('\n').flatMap((line) => {
    const [, uri, suite] = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s/.exec(`${line} `) ?? [];
    return uri === undefined || suite === undefined ? [] : [{ uris: [uri], suites: [suite] }];
  });
}

function deb822(text: string): Source[] {
  const plain = text.replace(/^#.*\n/gm, '');
  return plain.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (name: string): string[] =>
      (new RegExp(`^${name}:((?:.*)(?:\\n[ \\t].*)*)`, 'im').exec(stanza)?.[1] ?? '').split(/\s+/).filter(Boolean);
    const enabled = field('Enabled')[0] !== 'no';
    return enabled && field('Types').includes('deb') ? [{ uris: field('URIs'), suites: field('Suites') }] : [];
  });
}

function byLength(one: string, other: string): number {
  return one.length - other.length || one.localeCompare(other);
}

/** SBOMs of real images, beside what their own programs say is in them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { needsLinux } from '../fixtures/machine.ts';
import { checkedBom, type Document } from '../fixtures/cyclonedx.ts';
import { Services } from './service-kit.ts';

const { skip } = needsLinux('podman');
const reason = process.getuid?.() === 0 ? skip : 'needs root';

let services: Services;
before(async () => {
  if (reason === false) services = await Services.open(['desktop', 'postgres', 'sound']);
});
after(async () => services?.[Symbol.asyncDispose]());

/** `name version`, without the system itself. */
function packagesOf({ components }: Document): readonly string[] {
  return components.filter(({ type }) => type === 'library').map(({ name, version }) => `${name} ${version}`);
}

async function printed(image: string, ...command: string[]): Promise<string> {
  const { code, output } = await services.run(image, { command });
  assert.equal(code, 0, output);
  return output.replaceAll('\r', '');
}

/** Of what dpkg installed, and of packages of which an image has parts, which dpkg doesn't know. */
const INSTALLED = `dpkg-query --show --showformat='\${db:Status-Status} \${Package} \${Version}\\n'
awk '/^Package:/ { name = $2 } /^Version:/ { print "installed", name, $2 }' /var/lib/dpkg/status.d/*`;

test(
  'the SBOM of a desktop lists the packages that dpkg-query prints in its container, with Xvnc',
  { skip: reason },
  async () => {
    const bom = checkedBom(await services.sbom('desktop'));
    const lines = await printed('desktop', 'sh', '-c', INSTALLED);
    const installed = lines.split('\n').flatMap((line) => /^installed (.*)$/.exec(line)?.[1] ?? []);
    assert.ok(installed.length > 100, lines);
    assert.deepEqual([...packagesOf(bom)].toSorted(), installed.toSorted());
    const [, version] = installed.find((line) => line.startsWith('tigervnc-standalone-server '))?.split(' ') ?? [];
    assert.ok(version);
    const xvnc = bom.components.find(({ name }) => name === 'tigervnc-standalone-server');
    assert.match(
      xvnc?.purl ?? '',
      /^pkg:deb\/debian\/tigervnc-standalone-server@[^?]+\?arch=\w+&distro=debian-13&upstream=tigervnc$/,
    );
    assert.equal(decodeURIComponent(/@([^?]+)/.exec(xvnc?.purl ?? '')?.[1] ?? ''), version);
  },
);

test(
  'packages of which an image has only the programs are in its SBOM, in the version that these print',
  { skip: reason },
  async () => {
    const postgres = packagesOf(checkedBom(await services.sbom('postgres')));
    const version = /\(PostgreSQL\) (\S+)/.exec(await printed('postgres', 'postgres', '--version'))?.[1] ?? '?';
    assert.ok(
      postgres.some((line) => line.startsWith(`postgresql-17 ${version}-`)),
      version,
    );
    const sound = packagesOf(checkedBom(await services.sbom('sound')));
    const pulse = /pulseaudio (\d+)/.exec(await printed('sound', 'pulseaudio', '--version'))?.[1] ?? '?';
    assert.ok(
      sound.some((line) => line.startsWith(`pulseaudio ${pulse}.`)),
      pulse,
    );
  },
);

/**
 * noVNC as it comes from npm, with its defaults on a page that has nothing else, and websockify, before a desktop that is the
 * same container as ours. There, Xvnc keeps the frame rate that it has without options; `tuned` is with ours.
 */
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { descendants } from '../../test/runner/descendants.ts';
import { desktopFacts } from '../desktop-facts.ts';
import { Peer } from '../peer.ts';
import type { Stage } from '../stage.ts';
import { Child, until } from './children.ts';
import { type Contender, openPage, SHOWN_MS, showsScreen } from './contender.ts';
import { freePort } from './ports.ts';
import { SCREEN } from './program-kinds.ts';
import type { Tool } from './tools.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const NOVNC = join(ROOT, 'node_modules/@novnc/novnc');
const Manifest = z.object({ version: z.string() });
const Credentials = z.object({ vncPassword: z.string(), xCookie: z.string() });

/** Removes the desktop when the bench ends, in whatever way. */
const END_AT_TERM =
  'trap \'kill $!; podman rm -f -t 0 "$1"; podman network rm -f "$1"; rm -rf "$2"\' TERM; sleep infinity & wait';

export const STOCK = 'noVNC + websockify';
export const TUNED = 'the same, Xvnc -FrameRate 1000';

/** `websockify` is the program. */
export async function stock(
  owned: AsyncDisposableStack,
  { product }: Stage,
  websockify: Tool,
  isTuned: boolean,
): Promise<Contender> {
  const facts = await desktopFacts(product);
  const peer = new Peer(facts);
  await peer.prepare();
  owned.defer(() => peer.clean());
  const made = await peer.desktop({ geometry: `${SCREEN.width}x${SCREEN.height}`, hasOurFrameRate: isTuned });
  // Not `made.end()`, which nobody calls if the bench is killed.
  owned.use(new Child(['sh', '-c', END_AT_TERM, 'sh', made.name, made.root], { env: peer.environment }));
  const text = await readFile(join(facts.runDir, 'desktops', facts.desktopId, 'credentials.json'), 'utf8');
  const { vncPassword, xCookie } = Credentials.parse(JSON.parse(text));

  const web = await mkdtemp(join(facts.runDir, 'bench-web-'));
  owned.defer(() => rm(web, { recursive: true }));
  await symlink(NOVNC, join(web, 'novnc'));
  await writeFile(join(web, 'index.html'), pageOf(vncPassword));
  const port = await freePort();
  const target = `--unix-target=${join(made.root, 'rfb', 'rfb.sock')}`;
  const relay = owned.use(new Child([websockify.path, `--web=${web}`, target, `127.0.0.1:${port}`]));
  const url = `http://127.0.0.1:${port}/index.html`;
  await until('an answer of websockify', SHOWN_MS, () => fetch(url, { method: 'HEAD' }));
  const { browser, page } = await openPage(owned, url);
  await showsScreen(page);
  const { version } = Manifest.parse(JSON.parse(await readFile(join(NOVNC, 'package.json'), 'utf8')));
  const debian = ['dpkg-query', '-W', '-f', '${Version}', 'tigervnc-standalone-server'];
  const xvnc = await peer.podman('exec', made.name, ...debian);
  const pid = Number(await peer.podman('inspect', '-f', '{{.State.Pid}}', made.name));
  return {
    name: isTuned ? TUNED : STOCK,
    version: `noVNC ${version}, websockify ${websockify.version}, Xvnc ${xvnc} of Debian`,
    browser,
    page,
    display: { at: { path: join(made.root, 'x11', 'X0') }, cookie: xCookie },
    port,
    onlyInput: isTuned,
    parts: async () => ({
      gateway: [relay.pid, ...(await descendants(relay.pid))],
      display: [pid, ...(await descendants(pid))],
    }),
  };
}

function pageOf(password: string): string {
  return `<!doctype html><meta charset="utf-8"><title>noVNC</title>
<style>html, body { margin: 0; height: 100% }</style>
<body><script type="module">
import RFB from './novnc/core/rfb.js';
const rfb = new RFB(document.body, \`ws://\${location.host}/websockify\`, { credentials: { password: ${JSON.stringify(password)} } });
rfb.addEventListener('connect', () => rfb.focus());
</script>
`;
}

/**
 * xpra of Debian with its own HTML5 client, its defaults, and a whole desktop in an Xvfb that it starts. What isn't the picture
 * (sound, printers, camera) is off, as is what needs a session bus.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { descendants } from '../../test/runner/descendants.ts';
import { Child, until } from './children.ts';
import { type Contender, openPage, SHOWN_MS, showsScreen } from './contender.ts';
import { freeDisplay, freePort } from './ports.ts';
import { SCREEN } from './program-kinds.ts';
import type { Tool } from './tools.ts';

const OFF = ['mdns', 'pulseaudio', 'notifications', 'printing', 'webcam', 'systemd-run', 'dbus-launch', 'dbus-control'];

export const XPRA = 'xpra';

export async function xpra(owned: AsyncDisposableStack, tool: Tool): Promise<Contender> {
  const home = await mkdtemp(join(tmpdir(), 'bench-xpra-'));
  owned.defer(() => rm(home, { recursive: true, force: true }));
  const [port, display] = [await freePort(), await freeDisplay()];
  const xvfb = `Xvfb +extension Composite +extension RANDR -screen 0 ${SCREEN.width}x${SCREEN.height}x24 -nolisten tcp -noreset`;
  const options = [
    `--bind-tcp=127.0.0.1:${port}`,
    '--html=on',
    '--daemon=no',
    '--resize-display=no',
    `--socket-dir=${home}`,
    `--xvfb=${xvfb}`,
    ...OFF.map((what) => `--${what}=no`),
  ];
  const env = { ...process.env, HOME: home, XDG_RUNTIME_DIR: home };
  const server = owned.use(new Child([tool.path, 'start-desktop', `:${display}`, ...options], { env }));
  const url = `http://127.0.0.1:${port}/`;
  await until('an answer of xpra', SHOWN_MS, () => fetch(url));
  const { browser, page } = await openPage(owned, `${url}index.html?floating_menu=false&sound=false`);
  await showsScreen(page);
  return {
    name: XPRA,
    version: `xpra ${tool.version}, with its HTML5 client`,
    browser,
    page,
    display: { at: { path: `/tmp/.X11-unix/X${display}` }, cookie: '' },
    port,
    onlyInput: false,
    parts: async () => await partsOf(server.pid),
  };
}

/** The X server is its child. */
async function partsOf(pid: number): Promise<Record<string, readonly number[]>> {
  const below = await descendants(pid);
  return { gateway: [pid], display: below };
}

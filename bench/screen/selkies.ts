/** Selkies of PyPI with its own page and its defaults, over WebSockets, before an Xvfb. What isn't the picture is off. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { descendants } from '../../test/runner/descendants.ts';
import { Child, until } from './children.ts';
import { type Contender, openPage, SHOWN_MS, showsScreen } from './contender.ts';
import { answers, freeDisplay, freePort } from './ports.ts';
import { SCREEN } from './program-kinds.ts';
import type { Tool } from './tools.ts';

const OFF = ['audio-enabled', 'microphone-enabled', 'gamepad-enabled', 'webcam-enabled', 'printing-enabled'];

export const SELKIES = 'Selkies';

export async function selkies(owned: AsyncDisposableStack, tool: Tool): Promise<Contender> {
  const home = await mkdtemp(join(tmpdir(), 'bench-selkies-'));
  owned.defer(() => rm(home, { recursive: true, force: true }));
  const [port, display] = [await freePort(), await freeDisplay()];
  const size = `${SCREEN.width}x${SCREEN.height}x24`;
  const server = owned.use(
    new Child(['Xvfb', `:${display}`, '-screen', '0', size, '-nolisten', 'tcp', '-noreset', '-ac']),
  );
  const at = { path: `/tmp/.X11-unix/X${display}` };
  await until('an X server', SHOWN_MS, () => answers(at));
  const options = [
    '--addr=127.0.0.1',
    `--port=${port}`,
    '--mode=websockets',
    '--enable-basic-auth=false',
    '--enable-resize=false',
    '--manual-resolution=true',
    `--manual-width=${SCREEN.width}`,
    `--manual-height=${SCREEN.height}`,
    ...OFF.map((what) => `--${what}=false`),
  ];
  const env = { ...process.env, HOME: home, XDG_RUNTIME_DIR: home, DISPLAY: `:${display}` };
  const streamer = owned.use(new Child([tool.path, ...options], { env }));
  const url = `http://127.0.0.1:${port}/`;
  await until('an answer of Selkies', SHOWN_MS, () => fetch(url));
  const { browser, page } = await openPage(owned, url);
  await showsScreen(page);
  return {
    name: SELKIES,
    version: `Selkies ${tool.version}`,
    browser,
    page,
    display: { at, cookie: '' },
    port,
    onlyInput: false,
    parts: async () => ({ gateway: [streamer.pid, ...(await descendants(streamer.pid))], display: [server.pid] }),
  };
}

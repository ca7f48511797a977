/**
 * `npm run dev`: the server, restarted when its code changes, and the pages from vite with hot reload, which passes API
 * and WebSockets on to the server. For a machine that `npm start` has set up; options are those of `deskpod serve`, and
 * `--web-port`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const PORT = '30443';
const WEB_PORT = '5173';

const options = process.argv.slice(2);
const port = valueOf('--port') ?? PORT;
const webPort = valueOf('--web-port') ?? WEB_PORT;
const ofServer = options.filter((word, at) => !word.startsWith('--web-port') && options[at - 1] !== '--web-port');

// The server process is another one, whose imports Node doesn't watch.
const server = [
  '--watch',
  `--watch-path=${join(ROOT, 'src')}`,
  '--watch-preserve-output',
  join(ROOT, 'src/cli/cli.ts'),
  'serve',
  ...ofServer,
];
const vite = [join(ROOT, 'node_modules/vite/bin/vite.js'), 'web', '--port', webPort];
// Vite writes into the checkout, so it runs as the owner of the checkout.
const { uid, gid } = await stat(join(ROOT, 'package.json'));
const owner = process.getuid?.() === 0 ? { uid, gid } : {};
const env = { ...process.env, DESKPOD_DEV_SERVER: `http://127.0.0.1:${port}` };
const children = [
  spawn(process.execPath, server, { cwd: ROOT, stdio: 'inherit' }),
  spawn(process.execPath, vite, { cwd: ROOT, stdio: 'inherit', env, ...owner }),
];

const end = (): void => {
  for (const child of children) child.kill('SIGTERM');
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
const exits = children.map((child) => once(child, 'exit'));
// One without the other is of no use.
await Promise.race(exits);
end();
await Promise.all(exits);

/** Of `--name VALUE` or `--name=VALUE`. */
function valueOf(name: string): string | undefined {
  const at = options.indexOf(name);
  const inline = options.find((word) => word.startsWith(`${name}=`));
  return at >= 0 ? options[at + 1] : inline?.slice(name.length + 1);
}

/**
 * Standard input of a command, bypassing its engine: engines that still pass input on when a command ends lose its last
 * output and add an error message. The pipe itself follows the kernel's rules: it fills up, and it breaks.
 */
import { constants, open } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { ignore } from '#protocol/ignore.ts';

const READ_ONLY = 0o0;
const WRITE_ONLY = 0o1;
const ACCESS = 0o3;

/** Discards all input when the command does not read; null when this server has no permission to open it. */
export async function openStdin(pid: number): Promise<Writable | null> {
  try {
    const path = await writingEnd(pid);
    if (path === null) return discardInput();
    const fd = await promisify(open)(path, constants.O_WRONLY | constants.O_NONBLOCK);
    return new Socket({ fd, readable: false, writable: true });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EACCES' || code === 'EPERM') return null;
    if (typeof code === 'string') return discardInput();
    throw error;
  }
}

/** For a command that has closed its input, or has ended. */
export function discardInput(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

/** The engine's monitor has one end and the command the other, as descriptor 0 unless the command moved it. */
async function writingEnd(pid: number): Promise<string | null> {
  const monitor = /^PPid:\s*(\d+)$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  const [read, written] = await Promise.all([pipesOf(String(pid), READ_ONLY), pipesOf(monitor, WRITE_ONLY)]);
  const pipe = [...written.keys()].find((one) => read.has(one));
  return (pipe && written.get(pipe)) ?? null;
}

/** Paths of descriptors, by their pipe. */
async function pipesOf(pid: string, access: number): Promise<Map<string, string>> {
  const pipes = new Map<string, string>();
  for (const fd of await readdir(`/proc/${pid}/fd`)) {
    const path = `/proc/${pid}/fd/${fd}`;
    // It may be closed meanwhile.
    const [pipe, info] = await Promise.all([
      readlink(path).catch(ignore('the file was closed meanwhile', '')),
      readFile(`/proc/${pid}/fdinfo/${fd}`, 'utf8').catch(ignore('the file was closed meanwhile', '')),
    ]);
    const flags = /^flags:\s*([0-7]+)$/m.exec(info)?.[1];
    if (pipe.startsWith('pipe:') && (parseInt(flags ?? '', 8) & ACCESS) === access) pipes.set(pipe, path);
  }
  return pipes;
}

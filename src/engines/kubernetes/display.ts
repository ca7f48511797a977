/** The X display where it does not listen on TCP: through a command in the desktop, slower and enough for a window list. */
import type { Duplex } from 'node:stream';
import { execKnown, type ExecPlace } from './exec.ts';

const COMMAND = ['socat', '-', 'UNIX-CONNECT:/tmp/.X11-unix/X0'];

export async function openDisplayByExec(graphical: ExecPlace, signal: AbortSignal): Promise<Duplex> {
  const { stream } = await execKnown(graphical, COMMAND, signal);
  return stream;
}

/** Connects to a desktop's X display. */
import type { Duplex } from 'node:stream';
import { connectTo } from '../cluster/connect.ts';
import { listensOnTcp } from '../cluster/labels.ts';
import type { Pod } from '../cluster/pod.ts';
import { PORTS } from '../cluster/ports.ts';
import { graphicalContainer, type Context } from '../context.ts';
import { execKnown, type ContainerRef } from '../exec/exec.ts';

const COMMAND = ['socat', '-', 'UNIX-CONNECT:/tmp/.X11-unix/X0'];

/** Over TCP where it listens, else by exec, which is slower and sufficient for a window list. */
export async function connectDisplay(context: Context, pod: Pod, signal: AbortSignal): Promise<Duplex> {
  const host = pod.status.podIP ?? '';
  return listensOnTcp(pod)
    ? await connectTo({ host, port: PORTS.display }, signal)
    : await openByExec(graphicalContainer(context, pod.metadata.name), signal);
}

async function openByExec(graphical: ContainerRef, signal: AbortSignal): Promise<Duplex> {
  const { stream, stderr } = await execKnown(graphical, COMMAND, signal);
  stderr?.resume();
  return stream;
}

/**
 * The engine process's side: an engine behind a unix socket, for one other user of the machine. Everybody who
 * can connect controls the engine, so the socket gets its owner and mode before its name.
 */
import { once } from 'node:events';
import { chmod, chown, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { waitAtMost } from '#domain/deadlines.ts';
import type { Engine, EngineEvents } from '#domain/ports/engine.ts';
import { ignore } from '#protocol/ignore.ts';
import { DisplayReports } from './display-reports.ts';
import type { ServedMethod } from './method.ts';
import { type EnginePolicy, Rules } from './policy.ts';
import { ServedConnection } from './served-connection.ts';

export interface ServeOptions {
  /** Its folder exists, and only root can write to it. At most 100 bytes, as a socket's path has room for 107. */
  readonly socket: string;
  /** The user of the server process, who alone can connect. */
  readonly uid: number;
  readonly gid: number;
  readonly policy: EnginePolicy;
  /** For an engine that waits for the server process's reports; default: it looks itself. */
  readonly displays?: DisplayReports;
  readonly events: EngineEvents;
  /** At the same time; by default {@link MOST_CALLS} and {@link MOST_STREAMS}. */
  readonly most?: { readonly calls: number; readonly streams: number };
}

/** Calls that are not answered yet, among them slow ones such as downloads of images. */
const MOST_CALLS = 256;
/** Followed logs, watches and commands. */
const MOST_STREAMS = 1_024;
/** Times {@link MOST_CALLS}: calls beyond it are refused with a reason, connections beyond this are not. */
const MOST_AT_ONCE = 2;
/** Connections that wait to be accepted; a full queue refuses more. */
const MOST_WAITING = 4_096;
/** For what is interrupted to be undone. */
const UNDO_MS = 60_000;

/** Closing aborts all calls and waits until they have undone what they did; the engine stays open. */
export async function serveEngine(engine: Engine, options: ServeOptions): Promise<AsyncDisposable> {
  const {
    socket: path,
    uid,
    gid,
    policy,
    displays = new DisplayReports(),
    events,
    most = { calls: MOST_CALLS, streams: MOST_STREAMS },
  } = options;
  const rules = new Rules(policy, { uid, gid });
  const connections = new Set<ServedConnection>();
  const open = { calls: 0, streams: 0 };
  const server = createServer((socket) => {
    // A connection without a request counts as a call.
    let counted: keyof typeof open = 'calls';
    if (open.calls >= MOST_AT_ONCE * most.calls) {
      socket.destroy();
      return;
    }
    open.calls += 1;
    const admit = (kind: ServedMethod['kind']): boolean => {
      open[counted] -= 1;
      counted = kind === 'call' ? 'calls' : 'streams';
      open[counted] += 1;
      return open[counted] <= most[counted];
    };
    const connection = new ServedConnection(socket, { engine, rules, displays, events, admit });
    connections.add(connection);
    // Until its work is undone, too: who only connects and leaves is not served faster than others.
    void connection.ended.then(() => {
      open[counted] -= 1;
      connections.delete(connection);
    });
  });
  server.on('error', (error) => events.failed('accepting a connection of the server process', error));
  await listen(server, options);
  const { ino } = await stat(path);
  return {
    [Symbol.asyncDispose]: async () => {
      server.close();
      const ended = [...connections].map((connection) => connection.ended);
      for (const connection of connections) connection.close();
      // Another engine process may have taken the name meanwhile.
      const now = await stat(path).catch(ignore('the socket is gone already', null));
      if (now?.ino === ino) await rm(path, { force: true });
      await waitAtMost(UNDO_MS, Promise.all(ended), null);
    },
  };
}

/** Binds in a folder that only this user can enter, and gives the socket its name last; replaces that of a killed process. */
async function listen(server: Server, { socket, uid, gid }: ServeOptions): Promise<void> {
  const folder = await mkdtemp(`${dirname(socket)}/.`);
  try {
    const draft = join(folder, 's');
    server.listen({ path: draft, backlog: MOST_WAITING });
    await once(server, 'listening');
    await chmod(draft, 0o600);
    await chown(draft, uid, gid);
    await rename(draft, socket);
  } catch (error) {
    server.close();
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Commands in running containers, over the API server. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'node:querystring';
import type { ExecSession, ExecSpec } from '#domain/ports/engine-launch.ts';
import { waitAtMost } from '#domain/deadlines.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { Environment } from '#protocol/app.ts';
import type { ClusterApi } from '../cluster/api.ts';
import type { End } from './channel-stream.ts';
import { type Channels, openChannels } from './channels.ts';
import { withExitMark } from './exit-mark.ts';
import { HANG_UP_TIMEOUT_MS, hangUpScript } from './hang-up.ts';
import { lacksEnv, lacksShell, toExecError } from './exec-errors.ts';

/** Marks the processes of one command, so that they can be ended: children inherit it. */
const MARK = 'DESKPOD_TERMINAL';
/** Runtimes report a missing program within about 50 ms, and never that one exists. */
const BEGIN_MS = 400;
/** A busy node may refuse a connection for a moment. */
const HANG_UP_ATTEMPTS = 3;
const HANG_UP_PAUSE_MS = 1_000;

export interface ContainerRef {
  readonly api: ClusterApi;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/**
 * `conflict` when the container does not run, `no_such_program` when its image has no such program. The command ends
 * when the stream is destroyed.
 */
export async function exec(ref: ContainerRef, spec: ExecSpec, signal: AbortSignal): Promise<ExecSession> {
  // On a terminal, input is typed: none of it is in transit at the end.
  const helped = await attempt(ref, spec, { mark: randomUUID(), exitMark: spec.tty === null }, signal);
  if (helped.session) return helped.session;
  let { refusal } = helped;
  // An image without these helpers can have the program all the same.
  if (refusal.lacks === 'sh') {
    const marked = await attempt(ref, spec, { mark: randomUUID(), exitMark: false }, signal);
    if (marked.session) return marked.session;
    refusal = marked.refusal;
  } else if (refusal.lacks === 'env' && Object.keys(spec.env ?? {}).length === 0) {
    const bare = await attempt(ref, spec, UNHELPED, signal);
    if (bare.session) return bare.session;
    refusal = bare.refusal;
  }
  throw refusal.error;
}

type Attempt =
  | { readonly session: Started; readonly refusal: null }
  | { readonly session: null; readonly refusal: Refused };

async function attempt(ref: ContainerRef, spec: ExecSpec, helpers: Helpers, signal: AbortSignal): Promise<Attempt> {
  const session = await start(ref, spec, helpers, signal);
  const refusal = await session.startRefusal();
  if (signal.aborted) {
    session.stream.destroy();
    throw signal.reason;
  }
  return refusal === null ? { session, refusal } : { session: null, refusal };
}

/** As {@link exec}, without the wait: for programs that are known to exist and print nothing by themselves. */
export function execKnown(ref: ContainerRef, command: readonly string[], signal: AbortSignal): Promise<ExecSession> {
  return start(ref, { command, tty: null }, UNHELPED, signal);
}

/** Output of a short command; fails as {@link exec} does. */
export async function output(
  ref: ContainerRef,
  command: readonly string[],
  signal: AbortSignal,
): Promise<{ text: string; exitCode: number | null }> {
  const session = await start(ref, { command, tty: null, input: false }, UNHELPED, signal);
  const abort = (): void => void session.stream.destroy();
  signal.addEventListener('abort', abort, { once: true });
  try {
    let text = '';
    session.stream.setEncoding('utf8');
    session.stderr?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    for await (const chunk of session.stream) text += String(chunk);
    signal.throwIfAborted();
    const refusal = session.refused(await session.end);
    if (refusal !== null) throw refusal.error;
    return { text, exitCode: await session.exitCode };
  } finally {
    signal.removeEventListener('abort', abort);
    session.stream.destroy();
  }
}

interface Refused {
  readonly error: DeskpodError;
  /** The helper that the image lacks. */
  readonly lacks: 'env' | 'sh' | null;
}

/** Programs that wrap a command. */
interface Helpers {
  /** {@link MARK}; needs `env`. */
  readonly mark: string | null;
  /** It reports its exit code itself, see `exit-mark.ts`; also needs `sh`. */
  readonly exitMark: boolean;
}

const UNHELPED: Helpers = { mark: null, exitMark: false };

interface Started extends ExecSession {
  readonly end: Promise<End>;
  refused(end: End): Refused | null;
  /** Null as soon as it seems to run. */
  startRefusal(): Promise<Refused | null>;
}

async function start(ref: ContainerRef, spec: ExecSpec, helpers: Helpers, signal: AbortSignal): Promise<Started> {
  const { tty, input = true } = spec;
  const { mark } = helpers;
  const exitMark = helpers.exitMark ? randomUUID() : null;
  const command = exitMark === null ? spec.command : withExitMark(spec.command, exitMark);
  const path = `/api/v1/namespaces/${ref.namespace}/pods/${ref.pod}/exec?${stringify({
    container: ref.container,
    command: withVariables(command, { ...spec.env, ...(mark === null ? {} : { [MARK]: mark }) }),
    stdin: input,
    stdout: true,
    stderr: tty === null,
    tty: tty !== null,
  })}`;
  const timer = mark === null ? undefined : (): void => void hangUp(ref, mark, helpers);
  const channels = await openChannels(ref.api, path, signal, {
    input,
    separate: tty === null,
    exitMark,
    abandoned: timer,
  });
  const { stream, stderr, end } = channels;
  if (tty !== null) await channels.resize(tty);
  const refused = (how: End): Refused | null => {
    const error = toExecError(spec.command, how, channels.head());
    if (error === null) return null;
    const lacks = lacksEnv(how) ? 'env' : exitMark !== null && lacksShell(channels.head()) ? 'sh' : null;
    return { error, lacks };
  };
  const exitCode = end.then((how) => {
    // Neither API server nor node tells a program that its caller has gone.
    if (how.left && mark !== null) void hangUp(ref, mark, helpers);
    return how.exitCode;
  });
  return {
    stream,
    stderr,
    resize: (size) => channels.resize(size),
    exitCode,
    end,
    refused,
    startRefusal: () => started(channels, refused),
  };
}

async function started(channels: Channels, refused: (end: End) => Refused | null): Promise<Refused | null> {
  const ended = (most: number): Promise<End | null> => waitAtMost(most, channels.end, null);
  const how = await Promise.race([ended(BEGIN_MS), channels.first.then(() => null)]);
  // `env` itself reports that there is no such program, and ends a moment later.
  const last = how ?? (channels.head().startsWith('env: ') ? await ended(BEGIN_MS) : null);
  return last && refused(last);
}

/** Kubernetes' exec sets no variables; `env` does. */
function withVariables(command: readonly string[], env: Environment): string[] {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return variables.length === 0 ? [...command] : ['/usr/bin/env', ...variables, ...command];
}

/** Ends the processes of a command whose caller has gone. */
async function hangUp(ref: ContainerRef, mark: string, { exitMark }: Helpers): Promise<void> {
  const script = `(${hangUpScript(`${MARK}=${mark}`, { wrapped: exitMark })}) 2>/dev/null`;
  const signal = AbortSignal.timeout(HANG_UP_TIMEOUT_MS);
  for (let attempt = 1; attempt <= HANG_UP_ATTEMPTS && !signal.aborted; attempt += 1)
    try {
      await output(ref, ['sh', '-c', script], signal);
      return;
    } catch (error) {
      // Its processes went with the container, or its image has no such programs: then it cannot have had a terminal.
      if (error instanceof DeskpodError && error.code !== 'engine_unavailable') return;
      await delay(HANG_UP_PAUSE_MS, undefined, { ref: false });
    }
}

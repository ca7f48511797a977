/** Commands in running containers, over the API server. */
import { randomUUID } from 'node:crypto';
import { stringify } from 'node:querystring';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecSession, ExecSpec } from '#domain/engine.ts';
import type { DeskpodError } from '#domain/errors.ts';
import type { Environment } from '#protocol/app.ts';
import type { ClusterApi } from './api.ts';
import { type Channels, type End, OPEN_TIMEOUT_MS, openChannels } from './channels.ts';
import { lacksEnv, notBegun } from './no-program.ts';

/** Marks what was started in one terminal: children inherit it. */
const TERMINAL = 'DESKPOD_TERMINAL';
/** The runtime says within about 50 ms that there is no such program; that there is one, nobody says. */
const BEGIN_MS = 400;

export interface ExecPlace {
  readonly api: ClusterApi;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/**
 * `conflict` when the container does not run, `no_such_program` when its image has no such program. The command ends
 * when the stream is destroyed.
 */
export async function exec(place: ExecPlace, spec: ExecSpec, signal: AbortSignal): Promise<ExecSession> {
  const marked = spec.tty === null ? null : randomUUID();
  const session = await start(place, spec, marked, signal);
  const refusal = await session.begun();
  if (refusal === null) return session;
  // Only our mark needs `env`; an image without it can have the program all the same.
  if (marked !== null && refusal.lacksEnv && Object.keys(spec.env ?? {}).length === 0) {
    const bare = await start(place, spec, null, signal);
    const again = await bare.begun();
    if (again === null) return bare;
    throw again.error;
  }
  throw refusal.error;
}

/** For programs that are known to be there and say nothing before they are asked: as {@link exec}, but nothing is waited for. */
export function execKnown(place: ExecPlace, command: readonly string[], signal: AbortSignal): Promise<ExecSession> {
  return start(place, { command, tty: null }, null, signal);
}

/** Output of a short command; fails as {@link exec} does. */
export async function output(
  place: ExecPlace,
  command: readonly string[],
  signal: AbortSignal,
): Promise<{ text: string; exitCode: number | null }> {
  const session = await start(place, { command, tty: null }, null, signal);
  const abort = (): void => void session.stream.destroy();
  signal.addEventListener('abort', abort, { once: true });
  try {
    session.stream.end();
    let text = '';
    session.stream.setEncoding('utf8');
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
  readonly lacksEnv: boolean;
}

interface Started extends ExecSession {
  readonly end: Promise<End>;
  refused(end: End): Refused | null;
  /** Null as soon as it seems to run. */
  begun(): Promise<Refused | null>;
}

async function start(place: ExecPlace, spec: ExecSpec, terminal: string | null, signal: AbortSignal): Promise<Started> {
  const { tty } = spec;
  const path = `/api/v1/namespaces/${place.namespace}/pods/${place.pod}/exec?${stringify({
    container: place.container,
    command: withVariables(spec.command, { ...spec.env, ...(terminal === null ? {} : { [TERMINAL]: terminal }) }),
    stdin: true,
    stdout: true,
    stderr: tty === null,
    tty: tty !== null,
  })}`;
  const channels = await openChannels(place.api, path, signal);
  const { stream, end } = channels;
  if (tty !== null) await channels.resize(tty);
  const refused = (how: End): Refused | null => {
    const error = notBegun(spec.command, how, channels.head());
    return error && { error, lacksEnv: lacksEnv(how) };
  };
  const exitCode = end.then((how) => {
    // Nothing in between tells a program that its terminal has gone.
    if (how.left && terminal !== null) void hangUp(place, terminal);
    return how.exitCode;
  });
  return {
    stream,
    resize: (size) => channels.resize(size),
    exitCode,
    end,
    refused,
    begun: () => begun(channels, refused),
  };
}

async function begun(channels: Channels, refused: (end: End) => Refused | null): Promise<Refused | null> {
  const ended = (most: number): Promise<End | null> => Promise.race([channels.end, delay(most, null, { ref: false })]);
  const how = await Promise.race([ended(BEGIN_MS), channels.first.then(() => null)]);
  // `env` says itself that it found no such program, and ends a moment later.
  const last = how ?? (channels.head().startsWith('env: ') ? await ended(BEGIN_MS) : null);
  return last && refused(last);
}

/** Kubernetes' exec sets no variables; `env` does. */
function withVariables(command: readonly string[], env: Environment): string[] {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return variables.length === 0 ? [...command] : ['/usr/bin/env', ...variables, ...command];
}

/** HUP to all that was started in a terminal, as the kernel does when a real one is switched off. */
async function hangUp(place: ExecPlace, terminal: string): Promise<void> {
  const find = `grep -lsz "^${TERMINAL}=${terminal}$" /proc/[0-9]*/environ | cut -d/ -f3`;
  const command = ['sh', '-c', `pids=$(${find}); [ -z "$pids" ] || kill -HUP $pids; kill -CONT $pids 2>/dev/null`];
  // An image without these programs cannot have had a terminal either.
  await output(place, command, AbortSignal.timeout(OPEN_TIMEOUT_MS)).catch(() => {});
}

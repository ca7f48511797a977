/** `deskpod run --wait`: waits until the launch ends, then prints its log, and on failure the cause on standard error. */
import type { Client } from '#client/client.ts';
import { isPassing } from '#client/errors.ts';
import type { EndReason, Launch, LaunchDetail, LaunchState, LogLine } from '#protocol/launch.ts';
import { Bell } from './bell.ts';
import { CliError, EXIT } from './failure.ts';
import { note, sayJson } from './io.ts';
import type { Io } from './io.ts';
import { hasColors, logForm } from './log-form.ts';

/** Events wake it earlier; this covers missed events. */
const POLL_MS = 2_000;
/** The end of the log; `deskpod logs` prints all of it. */
const LINES = 200;

type Finished = Extract<LaunchState, { state: 'finished' }>;

const WHY: Readonly<Record<EndReason, string>> = {
  completed: 'ended',
  error: 'ended with an error',
  stopped_by_you: 'was stopped',
  stopped_by_admin: 'was stopped by an administrator',
  out_of_memory: 'ran out of memory',
  killed: 'was killed',
  start_failed: 'did not start',
  desktop_ended: 'ended with its desktop',
};

/** Returns the app's exit code, if it has one. */
export async function waitForEnd(io: Io, client: Client, launch: Launch, json: boolean): Promise<number> {
  note(io, `Started ${launch.id}. Waiting for it to end …`);
  const detail = await untilOver(io, client, launch);
  if (detail.status.state !== 'finished') return EXIT.failed;
  const form = logForm(hasColors(io));
  const log = await endOfLog(client, launch.id, io.interrupted);
  if (json) sayJson(io, { ...detail, log });
  else for (const { text } of log) io.stdout.write(`${form(text)}\n`);
  if (detail.status.reason !== 'completed') note(io, `deskpod: ${inWords(detail, detail.status)}`);
  return detail.status.exitCode ?? EXIT.failed;
}

async function untilOver(io: Io, client: Client, { id, appName }: Launch): Promise<LaunchDetail> {
  const done = new AbortController();
  const signal = AbortSignal.any([done.signal, io.interrupted]);
  const bell = new Bell();
  void bell.ringAt(client, (event) => event.type === 'launch' && event.launch.id === id, signal);
  try {
    for (;;) {
      const detail = await currently(client, id, signal);
      if (detail?.status.state === 'finished') return detail;
      await bell.next(POLL_MS, signal);
      signal.throwIfAborted();
    }
  } catch (error) {
    if (!io.interrupted.aborted) throw error;
    throw new CliError(`${appName} is still running.`, {
      remedy: `To stop it: deskpod stop ${id}`,
      exitCode: EXIT.interrupted,
    });
  } finally {
    done.abort();
  }
}

/** Null while the server doesn't answer: the app runs on while the server restarts. */
async function currently(client: Client, id: string, signal: AbortSignal): Promise<LaunchDetail | null> {
  try {
    return await client.launches.get(id, signal);
  } catch (error) {
    if (isPassing(error)) return null;
    throw error;
  }
}

async function endOfLog(client: Client, id: string, signal: AbortSignal): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for await (const line of client.launches.logStream(id, signal)) {
    lines.push(line);
    if (lines.length > LINES) lines.shift();
  }
  return lines;
}

/** The result, the engine's message, and a hint. */
function inWords({ appName, appId, hints }: LaunchDetail, { reason, exitCode, message }: Finished): string {
  const code = reason === 'error' && exitCode !== null ? ` (exit code ${exitCode})` : '';
  const hint = hints[0];
  const help = hint && `${hint.title}: ${hint.explanation}`;
  const runtime = hint?.remedies.find((remedy) => remedy.runtime !== undefined)?.runtime;
  const command = runtime && `Try: deskpod run --runtime ${runtime} ${appId}`;
  return [`${appName} ${WHY[reason]}${code}.`, message, help, command].filter(Boolean).join(' ');
}

/** Who may open which terminal: in their own desktop and launches, and in debug sessions that they participate in. */
import type { IncomingMessage } from 'node:http';
import { DeskpodError } from '#domain/errors.ts';
import type { Participant } from '#domain/debug/shared-terminal.ts';
import type { ExecSession, Target } from '#domain/ports/engine-launch.ts';
import { sessionToken } from '#domain/server/session-token.ts';
import type { TerminalRequest } from '#protocol/terminal.ts';
import type { ApiContext, Claims } from './context.ts';
import { claimsOf, hasRole } from './session.ts';

/** For images without bash; `exec` replaces the outer shell. */
const shell = (options: string): string[] => [
  '/bin/sh',
  '-c',
  `cd; if command -v bash >/dev/null; then exec bash ${options}; fi; exec sh ${options}`,
];

/** `signal` aborts when the client disconnects: until then, the terminal counts as open. */
export async function openTerminal(
  context: ApiContext,
  request: IncomingMessage,
  terminal: TerminalRequest,
  signal: AbortSignal,
): Promise<{ exec: ExecSession | Participant; sessionId: string; sessionEnded: AbortSignal | null }> {
  const claims = await claimsOfUpgrade(context, request);
  if (!claims) throw new DeskpodError('not_authenticated', "You aren't logged in.");
  const uncount = context.sessions.connections.open(claims.user.id, 'terminals');
  signal.addEventListener('abort', uncount);
  if (signal.aborted) uncount();
  const { columns, rows, tty, input, launch, debug } = terminal;
  const command = terminal.command.length > 0 ? terminal.command : shell(tty ? '-i' : '-s');
  const size = { columns, rows };
  const { sessionId } = claims;
  const sessionEnded = endOf(context, claims);
  try {
    if (debug !== undefined) {
      context.events.audit(claims.user.id, 'opened the terminal of debug session', { debug_session: debug });
      const exec = await context.debug.join(claims.user, debug, size, { command, tty }, signal);
      return { exec, sessionId, sessionEnded };
    }
    const target = await targetOf(context, claims, launch);
    context.events.audit(claims.user.id, 'opened a terminal in', targetFields(target));
    const env = tty ? { TERM: 'xterm-256color' } : {};
    const exec = await context.engine.exec(target, { command, tty: tty ? size : null, env, input }, signal);
    return { exec, sessionId, sessionEnded };
  } catch (error) {
    uncount();
    throw withToolbox(error, launch);
  }
}

/** The session may also have ended since its token was checked. */
function endOf({ sessions }: ApiContext, { sessionId }: Claims): AbortSignal | null {
  return sessionId === 'local' ? null : (sessions.signalOf(sessionId) ?? AbortSignal.abort());
}

/** If an image has no shell, a toolbox provides one. */
function withToolbox(error: unknown, launch: string | undefined): unknown {
  if (!(error instanceof DeskpodError) || error.code !== 'no_such_program') return error;
  const remedy = `Start a toolbox: deskpod debug ${launch ?? ''}`.trim();
  return new DeskpodError('no_such_program', error.message, { remedy, cause: error });
}

function targetFields({ desktopId, launchId }: Target): { readonly launch: string } | { readonly desktop: string } {
  return launchId === undefined ? { desktop: desktopId } : { launch: launchId };
}

async function targetOf(
  { desktops, launches }: ApiContext,
  claims: Claims,
  launchId: string | undefined,
): Promise<Target> {
  if (launchId === undefined) return { desktopId: desktops.running(claims.user.id).id };
  const found = await launches.find(launchId);
  if (!found || (found.record.userId !== claims.user.id && !hasRole(claims, 'support', 'admin'))) {
    throw new DeskpodError('not_found', `There is no launch ${launchId}.`);
  }
  if (found.record.userId !== claims.user.id) {
    throw new DeskpodError('forbidden', 'A terminal in another user’s launch requires a debug session with a reason.', {
      remedy: `Request one: deskpod exec ${launchId} --reason WHY`,
    });
  }
  if (found.launch.status.state === 'finished') {
    throw new DeskpodError('conflict', `${found.record.appName} has ended.`, {
      remedy: 'Run it again, or read its log.',
    });
  }
  return { desktopId: found.record.desktopId, launchId };
}

async function claimsOfUpgrade(context: ApiContext, { headers }: IncomingMessage): Promise<Claims | null> {
  const token = sessionToken(headers, context.cookieName);
  return token ? claimsOf(context, token) : null;
}

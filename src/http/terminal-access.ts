/** Who may open a terminal where: in their own desktop and launches, and in debug sessions that they take part in. */
import type { IncomingMessage } from 'node:http';
import { parse } from 'node:querystring';
import { DeskpodError } from '#domain/errors.ts';
import type { Seat } from '#domain/debug/shared-terminal.ts';
import type { ExecSession, Target } from '#domain/engine.ts';
import { SESSION_COOKIE } from '#protocol/user.ts';
import type { ApiContext, Claims } from './context.ts';
import { claimsOf, hasRole } from './session.ts';

export interface TerminalWish {
  readonly columns: number;
  readonly rows: number;
  readonly launch?: string | undefined;
  readonly debug?: string | undefined;
  readonly command: readonly string[];
  readonly tty: '0' | '1';
}

/** Images without bash have sh; `exec` leaves no shell behind the shell. */
const SHELL = ['/bin/sh', '-c', 'cd; if command -v bash >/dev/null; then exec bash -i; fi; exec sh -i'];

export async function openTerminal(
  context: ApiContext,
  request: IncomingMessage,
  wish: TerminalWish,
  signal: AbortSignal,
): Promise<{ exec: ExecSession | Seat; sessionId: string }> {
  const claims = await claimsOfUpgrade(context, request);
  if (!claims) throw new DeskpodError('not_authenticated', 'You are not logged in.');
  const command = wish.command.length > 0 ? wish.command : SHELL;
  const { columns, rows, debug } = wish;
  const size = { columns, rows };
  const { sessionId } = claims;
  try {
    if (debug !== undefined) {
      context.events.audit(claims.user.id, 'opened the terminal of debug session', debug);
      const how = { command, tty: wish.tty === '1' };
      return { exec: await context.debug.join(claims.user, debug, size, how, signal), sessionId };
    }
    const target = await targetOf(context, claims, wish.launch);
    const tty = wish.tty === '1' ? size : null;
    context.events.audit(claims.user.id, 'opened a terminal in', target.launchId ?? target.desktopId);
    const exec = await context.engine.exec(target, { command, tty, env: { TERM: 'xterm-256color' } }, signal);
    return { exec, sessionId };
  } catch (error) {
    throw withToolbox(error, wish.launch);
  }
}

/** An image without a shell has no terminal: a toolbox beside it has. */
function withToolbox(error: unknown, launch: string | undefined): unknown {
  if (!(error instanceof DeskpodError) || error.code !== 'no_such_program') return error;
  const remedy = `Put a toolbox beside it: deskpod debug ${launch ?? ''}`.trim();
  return new DeskpodError('no_such_program', error.message, { remedy, cause: error });
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
    throw new DeskpodError('forbidden', 'A terminal in somebody else’s launch takes a debug session, with a reason.', {
      remedy: `Ask for one: deskpod exec ${launchId} --reason WHY`,
    });
  }
  if (found.launch.status.state === 'finished') {
    throw new DeskpodError('conflict', `${found.record.appName} has ended.`, {
      remedy: 'Run it again, or read its log.',
    });
  }
  return { desktopId: found.record.desktopId, launchId };
}

async function claimsOfUpgrade(context: ApiContext, request: IncomingMessage): Promise<Claims | null> {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const cookie = parse(request.headers.cookie ?? '', '; ')[SESSION_COOKIE];
  const token = bearer ?? (typeof cookie === 'string' ? cookie : undefined);
  return token ? claimsOf(context, token) : null;
}

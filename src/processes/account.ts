/** The system user as whom the server process runs. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DeskpodError, messageOf } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 30_000;
/** Tells users that were added here from others. */
const COMMENT = 'Deskpod server';

export interface SystemAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Creates the user if it's missing. Rejects with `internal_error` if it can't, with `invalid_request` if the user is root. */
export async function ensureAccount(name: string): Promise<SystemAccount> {
  const account = (await findAccount(name)) ?? (await addAccount(name));
  if (account.uid !== 0 && account.gid !== 0) return account;
  throw new DeskpodError('invalid_request', `The user ${name} is root.`, {
    remedy: 'Set server.user (--user) to a user without privileges, or to root.',
  });
}

export async function findAccount(name: string): Promise<SystemAccount | null> {
  const found = await run('getent', ['passwd', '--', name], { timeout: TIMEOUT_MS }).catch(
    ignore('there is no such user', null),
  );
  return found === null ? null : parsePasswd(name, found.stdout);
}

/** `line`: in the format of passwd(5). Null if it isn't the line of this user. */
export function parsePasswd(name: string, line: string): SystemAccount | null {
  const [found, , uid, gid] = line.trim().split(':');
  const isId = (text: string | undefined): text is string => /^\d{1,10}$/.test(text ?? '');
  return found === name && isId(uid) && isId(gid) ? { name, uid: Number(uid), gid: Number(gid) } : null;
}

/**
 * Removes the user if {@link ensureAccount} added it and no process of it runs, for example that of another installation,
 * which would add it again at its next start. Returns whether it did.
 */
export async function removeAccount(name: string): Promise<boolean> {
  const found = await run('getent', ['passwd', '--', name], { timeout: TIMEOUT_MS }).catch(
    ignore('there is no such user', null),
  );
  if (found?.stdout.split(':')[4] !== COMMENT) return false;
  const removed = await run('userdel', ['--', name], { timeout: TIMEOUT_MS }).catch(
    ignore('another installation uses the user', null),
  );
  return removed !== null;
}

async function addAccount(name: string): Promise<SystemAccount> {
  const home = ['--no-create-home', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin'];
  try {
    await run('useradd', ['--system', '--user-group', ...home, '--comment', COMMENT, '--', name], {
      timeout: TIMEOUT_MS,
    });
  } catch (cause) {
    // Another server may have added it at the same moment.
    const added = await findAccount(name);
    if (added !== null) return added;
    throw new DeskpodError('internal_error', `The system user ${name} can't be added: ${messageOf(cause)}`, { cause });
  }
  const added = await findAccount(name);
  if (added !== null) return added;
  throw new DeskpodError('internal_error', `The system user ${name} was added, but can't be found.`);
}

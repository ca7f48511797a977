/** The account files of a desktop's containers: the few system users that programs expect, and the desktop's user. */
import type { Account } from '#domain/ports/engine.ts';
import { loginName } from '#domain/names.ts';

const SYSTEM_USERS: readonly (readonly [name: string, uid: number, gid: number, home: string])[] = [
  ['root', 0, 0, '/root'],
  ['daemon', 1, 1, '/usr/sbin'],
  ['bin', 2, 2, '/bin'],
  ['sys', 3, 3, '/dev'],
  ['lp', 7, 7, '/var/spool/lpd'],
  ['mail', 8, 8, '/var/mail'],
  ['www-data', 33, 33, '/var/www'],
  ['nobody', 65534, 65534, '/nonexistent'],
];
const SYSTEM_GROUPS: readonly (readonly [name: string, gid: number])[] = [
  ['root', 0],
  ['daemon', 1],
  ['bin', 2],
  ['sys', 3],
  ['tty', 5],
  ['disk', 6],
  ['lp', 7],
  ['mail', 8],
  ['audio', 29],
  ['www-data', 33],
  ['utmp', 43],
  ['video', 44],
  ['users', 100],
  ['nogroup', 65534],
];
/** Colons separate fields and line breaks separate entries; a name must not contain them. */
const UNSAFE = /[:,\p{Cc}]/gu;

export type AccountFiles = Readonly<Record<'passwd' | 'group' | 'shadow' | 'gshadow', string>>;

/** None of these accounts has a password. */
export function accountFiles(account: Account, home: string): AccountFiles {
  const login = loginName(account.userId);
  const users = SYSTEM_USERS.filter(([name, uid]) => name !== login && uid !== account.uid);
  const groups = SYSTEM_GROUPS.filter(([name, gid]) => name !== login && gid !== account.gid);
  const names = [...users.map(([name]) => name), login];
  const groupNames = [...groups.map(([name]) => name), login];
  return {
    passwd: lines([
      ...users.map(([name, uid, gid, folder]) => `${name}:x:${uid}:${gid}:${name}:${folder}:/usr/sbin/nologin`),
      `${login}:x:${account.uid}:${account.gid}:${account.displayName.replace(UNSAFE, ' ')}:${home}:/bin/bash`,
    ]),
    group: lines([...groups.map(([name, gid]) => `${name}:x:${gid}:`), `${login}:x:${account.gid}:`]),
    shadow: lines(names.map((name) => `${name}:*:20000:0:99999:7:::`)),
    gshadow: lines(groupNames.map((name) => `${name}:*::`)),
  };
}

function lines(entries: readonly string[]): string {
  return `${entries.join('\n')}\n`;
}

/**
 * Names of the engine's objects: the compatible system's rules, so that its documented commands find the same objects,
 * without its defects (truncation keeps the random suffix and never leaves a hyphen at the end; no name is empty).
 */
import { createHash, randomUUID } from 'node:crypto';

/** Longest name: one less than the limit of a DNS label. */
export const MAX_NAME = 62;
const MAX_LABEL_VALUE = 63;
const MAX_LOGIN = 32;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Five random hexadecimal digits that distinguish objects of the same kind. */
export function hex5(): string {
  return randomUUID().slice(-5);
}

/** A valid DNS label of 1 to 62 characters: accents removed, other characters than letters, digits and `-` become `-`. */
export function normalize(text: string): string {
  const dashed = plain(text)
    .replace(/[^A-Za-z0-9-]/gu, '-')
    .toLowerCase();
  return trimDashes(trimDashes(dashed).slice(0, MAX_NAME)) || 'x';
}

/** `hermes-db906`; everyone who logged in anonymously gets `anonymous-<hex5>`. */
export function userPodName(user: { id: string; provider: string }, suffix: string = hex5()): string {
  return suffixed(user.provider === 'anonymous' ? 'anonymous' : user.id, suffix);
}

/** Whether it is the desktop of a guest: an id of theirs is random, which a user called `anonymous` doesn't have. */
export function isGuestDesktop({ id, userId }: { readonly id: string; readonly userId: string }): boolean {
  return /^anonymous-[0-9a-f]{5}$/.test(id) && UUID.test(userId);
}

/** The name of a launch inside the desktop: `hermes-conrad-2048-alpine-1eef4`. */
export function ephemeralName(displayName: string, app: string, suffix: string = hex5()): string {
  return suffixed(`${displayName}-${app}`, suffix);
}

/** The name of a launch beside the desktop: `hermes-app-2048-ubuntu-4dd6f`. */
export function podAppName(userId: string, app: string, suffix: string = hex5()): string {
  return suffixed(`${userId}-app-${app}`, suffix);
}

/** A label's value: letters, digits, `_` and `-` alone, beginning and ending with a letter or digit, at most 63, maybe empty. */
export function labelValue(text: string): string {
  const safe = plain(text).replace(/[^A-Za-z0-9_-]/gu, '_');
  return trim(trim(safe, /[_-]/).slice(0, MAX_LABEL_VALUE), /[_-]/);
}

/**
 * A user's posix login name, also the name of the home folder: the id itself where it is one, else a readable form of
 * it with a digest, so that two ids never share a home and none leads out of the folder of homes.
 */
export function loginName(userId: string): string {
  const usable = /^[a-z_][a-z0-9_.-]*$/.test(userId) && userId.length <= MAX_LOGIN;
  if (usable && !userId.includes('..') && userId !== 'root') return userId;
  const digest = createHash('sha256').update(userId).digest('hex').slice(0, 8);
  // The two dots set these apart from every id that is used as it is.
  return `u-${normalize(userId).slice(0, MAX_LOGIN - 12)}..${digest}`;
}

/** The user's home in every container of theirs. */
export function homeFolder(userId: string): string {
  return `/home/${loginName(userId)}`;
}

function suffixed(stem: string, suffix: string): string {
  const space = MAX_NAME - suffix.length - 1;
  return `${trimDashes(normalize(stem).slice(0, space))}-${suffix}`;
}

/** Letters without their accents; ligatures and the like in their plain form. */
function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '');
}

function trimDashes(text: string): string {
  return trim(text, /-/);
}

function trim(text: string, unwanted: RegExp): string {
  let from = 0;
  let to = text.length;
  while (from < to && unwanted.test(text.charAt(from))) from += 1;
  while (to > from && unwanted.test(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

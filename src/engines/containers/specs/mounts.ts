/**
 * Host folders and files that containers see. A `Bind` made here never covers the X socket or the shared memory: those
 * come from `display-wiring.ts` alone.
 */
import { posix } from 'node:path';
import { DeskpodError } from '#domain/errors.ts';
import { INSIDE } from './paths.ts';

declare const checked: unique symbol;

/** `source:target:mode`, known not to reach the X socket. */
export type Bind = string & { readonly [checked]: 'no X socket' };

const RESERVED = [INSIDE.x11, '/dev/shm'];

/** Throws when the target would cover, contain or lie below a reserved path, or the source is one. */
export function bind(source: string, target: string, mode: 'ro' | 'rw'): Bind {
  const text = `${source}:${target}:${mode}`;
  if (!isBind(text, source, target)) {
    throw new DeskpodError(
      'invalid_request',
      `A mount at ${target} in a container is not allowed: it would expose the X socket.`,
    );
  }
  return text;
}

function isBind(_text: string, source: string, target: string): _text is Bind {
  const plain = [source, target].every((path) => posix.isAbsolute(path) && !path.includes(':'));
  const inside = posix.normalize(target);
  const outside = posix.normalize(source);
  const free = RESERVED.every((path) => !contains(path, inside) && !contains(inside, path) && !contains(path, outside));
  // The folder of a desktop's X socket on the host.
  return plain && free && !/\/x11(\/|$)/.test(outside);
}

function contains(outer: string, inner: string): boolean {
  const folder = outer.endsWith('/') ? outer : `${outer}/`;
  return `${inner}/`.startsWith(folder);
}

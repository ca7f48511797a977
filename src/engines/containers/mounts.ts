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

/** Throws when the target would cover, hold or lie below a reserved place, or the source is one. */
export function bind(source: string, target: string, mode: 'ro' | 'rw'): Bind {
  const text = `${source}:${target}:${mode}`;
  if (!isBind(text, source, target)) {
    throw new DeskpodError(
      'invalid_request',
      `Nothing may be mounted at ${target} in a container: it would reach the X socket.`,
    );
  }
  return text;
}

function isBind(_text: string, source: string, target: string): _text is Bind {
  const plain = [source, target].every((path) => posix.isAbsolute(path) && !path.includes(':'));
  const inside = posix.normalize(target);
  const outside = posix.normalize(source);
  const free = RESERVED.every(
    (place) => !contains(place, inside) && !contains(inside, place) && !contains(place, outside),
  );
  // The folder of a desktop's X socket on the host.
  return plain && free && !/\/x11(\/|$)/.test(outside);
}

function contains(outer: string, inner: string): boolean {
  const folder = outer.endsWith('/') ? outer : `${outer}/`;
  return `${inner}/`.startsWith(folder);
}

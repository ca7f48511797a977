/**
 * Errors that don't matter, and why, so that no `catch` hides a bug: the server logs them at debug level, the browser's
 * console shows them with its verbose messages.
 */

type Listener = (reason: string, message: string) => void;

const listeners = new Set<Listener>();

/** For `.catch()`: reports the error with the reason and continues, with `fallback` if one is given. */
export function ignore(reason: string): (error: unknown) => void;
export function ignore<T>(reason: string, fallback: T): (error: unknown) => T;
export function ignore(reason: string, fallback?: unknown): (error: unknown) => unknown {
  return (error) => {
    for (const listener of listeners) listener(reason, error instanceof Error ? error.message : String(error));
    return fallback;
  };
}

/**
 * Calls the listener for every ignored error of this process, with its reason, for example `the container is already
 * gone`. Returns a function that unsubscribes.
 */
export function onIgnored(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

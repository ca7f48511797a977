/** Waiting for the end of a container. */
import { once } from 'node:events';
import type { Context } from '../context.ts';

/** A log or a start that waits notices the end that much later at most. */
const POLL_MS = 200;

/**
 * Resolves when the engine knows that a container has ended; rejects with status 404 when there is none.
 *
 * Podman's Docker-compatible `wait` polls the state of the container without a pause, which keeps a processor busy and
 * the container locked as long as it runs (`WaitContainerDocker` in Podman 4.3). Its own `wait` polls at an interval.
 */
export async function waitForEnd(
  { api, settings }: Context,
  containerId: string,
  signal: AbortSignal,
  { pollMs = POLL_MS } = {},
): Promise<void> {
  const reply =
    settings.flavour === 'podman'
      ? await api.stream('POST', `/v4.0.0/libpod/containers/${containerId}/wait`, {
          query: { condition: 'exited', interval: `${pollMs}ms` },
          signal,
        })
      : await api.stream('POST', `/containers/${containerId}/wait`, { query: { condition: 'not-running' }, signal });
  // Docker answers at once and sends the body when the container has ended.
  await once(reply.resume(), 'end', { signal });
}

/** Wakes a waiting command when an event arrives or a timeout passes. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '#client/client.ts';
import { ignore } from '#protocol/ignore.ts';
import type { ServerEvent } from '#protocol/events.ts';

/** An event between two waits is not lost. */
export class Bell {
  #rung = Promise.withResolvers<void>();

  /** Until the signal aborts. */
  async ringAt(client: Client, matches: (event: ServerEvent) => boolean, signal: AbortSignal): Promise<void> {
    try {
      for await (const event of client.events({ signal })) if (matches(event)) this.#rung.resolve();
    } catch (error) {
      ignore('without the event stream, the caller still queries the state itself')(error);
    }
  }

  async next(mostMs: number, signal: AbortSignal): Promise<void> {
    const silence = new AbortController();
    const late = delay(mostMs, undefined, { signal: AbortSignal.any([signal, silence.signal]) });
    late.catch(ignore('the race below reports it'));
    await Promise.race([this.#rung.promise, late]).finally(() => silence.abort());
    this.#rung = Promise.withResolvers();
  }
}

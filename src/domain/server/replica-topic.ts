/** Messages of one kind among the servers: parsed when they arrive, in the order in which they were sent. */
import type { z } from 'zod';
import type { Topic } from '../ports/store.ts';

/** What servers that share a store tell each other; see `Replicas`. */
export interface ReplicaMessages {
  /** To the other servers, not to this one. A few kilobytes as JSON at most. */
  tell(topic: Topic, value: unknown): void;
  /** Messages of the other servers, unparsed. Returns a function that unsubscribes. */
  hear(topic: Topic, listener: (value: unknown) => void): () => void;
  /** Messages may have been missed. Returns a function that unsubscribes. */
  onResync(listener: () => void): () => void;
}

interface Following<Message> {
  /** Called with one message at a time. */
  readonly handle: (message: Message) => Promise<void>;
  /** Messages may have been missed: reads everything again. */
  readonly resync: () => Promise<void>;
  readonly failed: (error: unknown) => void;
}

export class ReplicaTopic<Schema extends z.ZodType> {
  readonly #replicas: ReplicaMessages;
  readonly #topic: Topic;
  readonly #schema: Schema;

  constructor(replicas: ReplicaMessages, topic: Topic, schema: Schema) {
    this.#replicas = replicas;
    this.#topic = topic;
    this.#schema = schema;
  }

  /** To the other servers, not to this one. A few kilobytes as JSON at most. */
  publish(message: z.input<Schema>): void {
    this.#replicas.tell(this.#topic, message);
  }

  /** Messages of another form are left to other listeners. Returns a function that unsubscribes. */
  subscribe(listener: (message: z.output<Schema>) => void): () => void {
    return this.#replicas.hear(this.#topic, (value) => {
      const parsed = this.#schema.safeParse(value);
      if (parsed.success) listener(parsed.data);
    });
  }

  /** Handles messages and resyncs one after the other. Returns a function that stops. */
  follow({ handle, resync, failed }: Following<z.output<Schema>>): () => void {
    let handled = Promise.resolve();
    const enqueue = (work: () => Promise<void>): void => {
      handled = handled.then(work).catch(failed);
    };
    const stops = [
      this.subscribe((message) => enqueue(() => handle(message))),
      this.#replicas.onResync(() => enqueue(resync)),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }
}

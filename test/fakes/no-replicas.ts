/** A server without replicas: it publishes to nobody and receives nothing. */
import { ReplicaTopic } from '#domain/server/replica-topic.ts';
import type { Replicas } from '#domain/server/replicas.ts';

const silent = { tell() {}, hear: () => () => {}, onResync: () => () => {} };

export const NO_REPLICAS: Pick<Replicas, 'topic' | 'onResync'> = {
  topic: (topic, schema) => new ReplicaTopic(silent, topic, schema),
  onResync: () => () => {},
};

/** A store with one server, as with SQLite: all subscribers are in this process. */
import { ALIVE_MS, type ChangeListener, type Store } from '#domain/ports/store.ts';

export function singleServer(): Pick<Store, 'replicas' | 'changes' | 'lead'> {
  const seen = new Map<string, number>();
  const listeners = new Set<ChangeListener>();
  return {
    replicas: {
      beat: async (name) => void seen.set(name, performance.now()),
      leave: async (name) => void seen.delete(name),
      async alive() {
        const from = performance.now() - ALIVE_MS;
        return new Set([...seen].flatMap(([name, at]) => (at > from ? [name] : [])));
      },
    },
    changes: {
      async publish(topic, payload) {
        for (const listener of listeners) queueMicrotask(() => listener({ type: 'change', topic, payload }));
      },
      subscribe(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    lead: (_name, work, signal) => work(signal),
  };
}

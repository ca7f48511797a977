/** What every store promises to several servers that share it. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Change } from '#domain/ports/store.ts';
import type { Check } from './store.ts';
import { aLaunchRecord, anEnd } from '../fixtures/store-samples.ts';

export function togetherContract(check: Check): void {
  check('servers that sent a heartbeat are alive until they leave', async (store) => {
    assert.deepEqual([...(await store.replicas.alive())], []);
    await store.replicas.beat('one');
    await store.replicas.beat('two');
    await store.replicas.beat('one');
    assert.deepEqual([...(await store.replicas.alive())].toSorted(), ['one', 'two']);
    await store.replicas.leave('one');
    await store.replicas.leave('one');
    assert.deepEqual([...(await store.replicas.alive())], ['two']);
  });

  check('every subscriber gets each change, in order, until it unsubscribes', async (store) => {
    const heard: Change[] = [];
    const { promise: last, resolve } = Promise.withResolvers<void>();
    const stopped = store.changes.subscribe(() => assert.fail('it had stopped'));
    stopped();
    const stop = store.changes.subscribe((change) => {
      heard.push(change);
      if (change.type === 'change' && change.payload === 'two “ü”') resolve();
    });
    await store.changes.publish('catalogue', 'one');
    await store.changes.publish('session', 'two “ü”');
    await last;
    stop();
    assert.deepEqual(heard, [
      { type: 'change', topic: 'catalogue', payload: 'one' },
      { type: 'change', topic: 'session', payload: 'two “ü”' },
    ]);
  });

  check('a leader works until the work is done, and gets a signal when it must stop', async (store) => {
    const order: string[] = [];
    await store.lead('one', async () => void order.push('worked'), new AbortController().signal);
    const end = new AbortController();
    const work = store.lead(
      'one',
      async (signal) => {
        order.push('leads');
        end.abort();
        await delay(10_000, undefined, { signal }).catch(() => order.push('ended'));
      },
      end.signal,
    );
    await work;
    assert.deepEqual(order, ['worked', 'leads', 'ended']);
    await assert.rejects(
      store.lead('one', async () => assert.fail('its own failure'), new AbortController().signal),
      /its own failure/,
    );
  });

  check('only the first of two ends of a launch is stored', async (store, database) => {
    await using other = await database.open();
    await store.launches.add(aLaunchRecord('one'));
    const first = await Promise.all([
      store.launches.end('one', anEnd({ exitCode: 1, reason: 'error' })),
      other.launches.end('one', anEnd({ exitCode: null, reason: 'desktop_ended' })),
    ]);
    assert.notEqual(first[0], first[1]);
    const kept = (await store.launches.find('one'))?.end?.reason;
    assert.equal(kept, first[0] ? 'error' : 'desktop_ended');
    assert.equal(await store.launches.end('nothing', anEnd()), false);
  });

  check('every server knows which server is starting a launch, and who stopped it', async (store, database) => {
    await using other = await database.open();
    await store.launches.add(aLaunchRecord('one', { server: 'here' }));
    assert.equal((await other.launches.find('one'))?.server, 'here');
    await other.launches.stoppedBy('one', 'admin');
    assert.equal((await store.launches.find('one'))?.stoppedBy, 'admin');
    await store.launches.describe('one', { imageDigest: null, environment: {} });
    await store.launches.stoppedBy('one', null);
    const record = await other.launches.find('one');
    assert.deepEqual([record?.server, record?.stoppedBy], [null, null]);
    await store.launches.end('one', anEnd());
    await store.launches.stoppedBy('one', 'you');
    assert.equal((await store.launches.find('one'))?.stoppedBy, null);
  });

  check('simultaneous changes of a value by two servers are both kept', async (store, database) => {
    await using other = await database.open();
    const add = (word: string) => (value: string | null) => `${value ?? ''}${word}`;
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => (index % 2 ? store : other).values.change('key', add('x'))),
    );
    assert.equal(await store.values.get('key'), 'x'.repeat(10));
  });

  check('text that no database can store causes no errors', async (store) => {
    assert.equal(await store.users.find('a\0b'), null);
    assert.deepEqual(await store.launches.list({ app: 'a\0\uD800' }), []);
    await store.values.set('key', 'broken \uD800');
    assert.equal(typeof (await store.accounts.uidOf('who\0ever')), 'number');
  });
}

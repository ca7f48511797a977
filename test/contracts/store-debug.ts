/** What every store promises about debug sessions and their recordings. */
import assert from 'node:assert/strict';
import { TRANSCRIPT_BYTES } from '#domain/ports/debug-store.ts';
import type { DebugStateName } from '#domain/ports/debug-store.ts';
import type { Check } from './store.ts';
import { aDebugRecord } from '../fixtures/store-samples.ts';
import { failsWith } from '../fixtures/fails-with.ts';

const ANY: readonly DebugStateName[] = ['asking', 'starting', 'running', 'ended'];
const id = (number: number): string => `00000000-0000-4000-8000-00000000000${number}`;
const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString();

export function debugContract(check: Check): void {
  check('a debug session can be found as it was added, and its id cannot be used again', async (store) => {
    const record = aDebugRecord(id(1));
    await store.debug.add(record);
    assert.deepEqual(await store.debug.find(id(1)), record);
    assert.equal(await store.debug.find(id(2)), null);
    await assert.rejects(store.debug.add(record), failsWith('conflict'));
  });

  check('a debug session changes only if it is in one of the given states', async (store) => {
    await store.debug.add(aDebugRecord(id(1), { status: { state: 'starting', detail: null } }));
    assert.equal(await store.debug.change(id(1), ['asking'], { seen: true }), null);
    const status = { state: 'running', endsAt: at(9) } as const;
    const changed = await store.debug.change(id(1), ['starting'], { status, server: 'two', name: 'debugger-1' });
    assert.deepEqual(changed, await store.debug.find(id(1)));
    assert.deepEqual([changed?.session.status, changed?.server, changed?.session.name], [status, 'two', 'debugger-1']);
    assert.equal(await store.debug.change(id(2), ANY, { seen: true }), null);
  });

  check('only one of two servers that end a debug session at once succeeds', async (store, database) => {
    await using other = await database.open();
    await store.debug.add(aDebugRecord(id(1)));
    const end = (reason: 'declined' | 'unanswered') =>
      ({ status: { state: 'ended', at: at(5), reason, exitCode: null, message: null } }) as const;
    const ends = await Promise.all([
      store.debug.change(id(1), ['asking'], end('declined')),
      other.debug.change(id(1), ['asking'], end('unanswered')),
    ]);
    assert.equal(ends.filter((one) => one !== null).length, 1);
  });

  check('lists of debug sessions are sorted newest first and restricted by every filter', async (store) => {
    const ended = { state: 'ended', at: at(9), reason: 'stopped', exitCode: 0, message: null } as const;
    const by = (name: string) => ({ id: name, name });
    await store.debug.add(aDebugRecord(id(1), { askedAt: at(1), userId: 'amy', by: by('zapp'), status: ended }));
    await store.debug.add(aDebugRecord(id(2), { askedAt: at(2), userId: 'amy', by: by('amy'), seen: true }));
    await store.debug.add(aDebugRecord(id(3), { askedAt: at(3), userId: 'fry', by: by('amy'), desktopId: 'd2' }));
    const found = async (filter: Parameters<typeof store.debug.list>[0]) =>
      (await store.debug.list(filter)).map(({ session }) => session.id.slice(-1)).join('');
    assert.equal(await found({}), '321');
    assert.equal(await found({ userId: 'amy' }), '21');
    assert.equal(await found({ involving: 'amy' }), '321');
    assert.equal(await found({ involving: 'zapp' }), '1');
    assert.equal(await found({ desktopId: 'd2' }), '3');
    assert.equal(await found({ open: true }), '32');
    assert.equal(await found({ open: false }), '1');
    assert.equal(await found({ userId: 'amy', seen: false }), '1');
    assert.equal(await found({ limit: 1 }), '3');
  });

  check('a recording is read as it was written, in order, up to 8 MB', async (store) => {
    await store.debug.add(aDebugRecord(id(1)));
    assert.equal(await store.debug.transcript(id(1)), '');
    assert.equal(await store.debug.record(id(1), '{"version":2}\n'), true);
    assert.equal(await store.debug.record(id(1), '[0.5,"o","€\\u0000"]\n'), true);
    assert.equal(await store.debug.transcript(id(1)), '{"version":2}\n[0.5,"o","€\\u0000"]\n');
    assert.equal((await store.debug.find(id(1)))?.session.transcript, true);
    const half = 'x'.repeat(TRANSCRIPT_BYTES / 2);
    assert.equal(await store.debug.record(id(1), half), true);
    assert.equal(await store.debug.record(id(1), half), false);
    assert.equal(await store.debug.record(id(2), 'x'), false);
  });

  check('pruning removes debug sessions that ended earlier, with their recordings', async (store) => {
    const ended = (minute: number) =>
      ({ status: { state: 'ended', at: at(minute), reason: 'expired', exitCode: null, message: null } }) as const;
    await store.debug.add(aDebugRecord(id(1), ended(1)));
    await store.debug.add(aDebugRecord(id(2), ended(8)));
    await store.debug.add(aDebugRecord(id(3)));
    await store.debug.record(id(1), 'x');
    assert.equal(await store.debug.prune(new Date(at(5))), 1);
    assert.equal(await store.debug.transcript(id(1)), '');
    assert.deepEqual((await store.debug.list({})).map(({ session }) => session.id).toSorted(), [id(2), id(3)]);
  });
}

/** What an installation allows of the clipboard, and the record of each transfer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allowedOffer, type ClipboardPolicy, rightsOf, screenRights } from '#domain/desktops/clipboard-policy.ts';
import { Clipboards, type Transfer } from '#domain/desktops/clipboards.ts';
import { DeskpodError } from '#domain/errors.ts';
import { ClipboardType, MAX_COPIED_BYTES } from '#protocol/clipboard.ts';
import { FakeClipboard } from '../../../fakes/display.ts';

const ALL: ClipboardPolicy = {
  direction: 'both',
  types: ClipboardType.options,
  maxBytes: MAX_COPIED_BYTES,
  history: false,
};
const OFFER = { id: '1', types: ['text/plain', 'image/png'], from: null, fresh: true } as const;
const CALLER = { userId: 'fry', desktopId: 'fry-0a1b2' };
const TEXT = { type: 'text/plain', data: Buffer.from('text') } as const;
const PICTURE = { type: 'image/png', data: Buffer.alloc(1000) } as const;

function stage(policy: Partial<ClipboardPolicy> = {}) {
  const clipboard = new FakeClipboard();
  const log: Transfer[] = [];
  const clipboards = new Clipboards({
    displays: { clipboardOffer: async () => clipboard.offer, withClipboard: async (_id, work) => work(clipboard) },
    policy: { ...ALL, ...policy },
    transferred: (transfer) => log.push(transfer),
  });
  return { clipboard, clipboards, log };
}

const failsWith = (code: string) => (error: unknown) => error instanceof DeskpodError && error.code === code;

test('each direction has its right, for RFB as for the other forms', () => {
  const rights = (direction: ClipboardPolicy['direction']) => screenRights(rightsOf({ ...ALL, direction }));
  assert.deepEqual(rights('both'), { clipboardIn: true, clipboardOut: true });
  assert.deepEqual(rights('in'), { clipboardIn: true, clipboardOut: false });
  assert.deepEqual(rights('out'), { clipboardIn: false, clipboardOut: true });
  assert.deepEqual(rights('off'), { clipboardIn: false, clipboardOut: false });
});

test('RFB carries text only if text may be copied, as large as RFB allows', () => {
  const none = { clipboardIn: false, clipboardOut: false };
  assert.deepEqual(screenRights(rightsOf({ ...ALL, maxBytes: 1024 })), none);
  assert.deepEqual(screenRights(rightsOf({ ...ALL, types: ['image/png'] })), none);
});

test('pages learn of what they may copy, and not of text that RFB carries', () => {
  const seen = (policy: Partial<ClipboardPolicy>, types: readonly ClipboardType[] = OFFER.types) =>
    allowedOffer(rightsOf({ ...ALL, ...policy }), { ...OFFER, types: [...types] })?.types ?? null;
  assert.deepEqual(seen({}), ['text/plain', 'image/png']);
  assert.deepEqual(seen({ types: ['image/png'] }), ['image/png']);
  assert.equal(seen({ types: ['text/html'] }), null);
  assert.equal(seen({ direction: 'in' }), null);
  assert.equal(seen({}, ['text/plain']), null);
  assert.deepEqual(seen({ maxBytes: 1024 }, ['text/plain']), ['text/plain']);
});

test('what is copied and pasted is recorded with its types and sizes', async () => {
  const { clipboard, clipboards, log } = stage();
  clipboard.copy('1', [TEXT, PICTURE]);
  assert.deepEqual(await clipboards.read(CALLER, '1', 'image/png'), PICTURE.data);
  await clipboards.write(CALLER, [TEXT, PICTURE], 'page');
  assert.deepEqual(clipboard.offer?.types, ['text/plain', 'image/png']);
  const whose = { user: 'fry', desktop: 'fry-0a1b2' };
  assert.deepEqual(log, [
    { ...whose, direction: 'out', types: ['image/png'], bytes: 1000 },
    { ...whose, direction: 'in', types: ['text/plain', 'image/png'], bytes: 1004 },
  ]);
});

test('what may not be copied or pasted is refused, and neither transferred nor recorded', async () => {
  const only = stage({ types: ['text/plain'], maxBytes: 1024 });
  only.clipboard.copy('1', [TEXT, PICTURE]);
  await assert.rejects(only.clipboards.read(CALLER, '1', 'image/png'), failsWith('forbidden'));
  await assert.rejects(only.clipboards.write(CALLER, [TEXT, PICTURE], null), failsWith('forbidden'));
  const large = { type: 'text/plain', data: Buffer.alloc(1025) } as const;
  await assert.rejects(only.clipboards.write(CALLER, [large], null), failsWith('payload_too_large'));
  only.clipboard.copy('2', [large]);
  await assert.rejects(only.clipboards.read(CALLER, '2', 'text/plain'), failsWith('payload_too_large'));
  assert.equal(only.clipboard.offer?.id, '2');
  assert.deepEqual(only.log, []);
  for (const [direction, allowed] of [
    ['in', 'write'],
    ['out', 'read'],
  ] as const) {
    const { clipboard, clipboards } = stage({ direction });
    clipboard.copy('1', [TEXT]);
    const refused = failsWith('forbidden');
    if (allowed === 'write') await assert.rejects(clipboards.read(CALLER, '1', 'text/plain'), refused);
    else await assert.rejects(clipboards.write(CALLER, [TEXT], null), refused);
  }
});

/** What viewers want of a gateway: layouts of screens, and one screen of them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { readExactly } from '#gateway/rfb/read.ts';
import { CloseCode } from '#protocol/screen.ts';
import { stage, Probe } from '../../../fakes/screen-gateway.ts';

const LEFT = { id: 0, x: 0, y: 0, width: 800, height: 600 };
const RIGHT = { id: 1, x: 800, y: 0, width: 640, height: 480 };
const layout = (...screens: object[]): string => JSON.stringify({ kind: 'layout', screens });

test('a layout that a viewer wants reaches the desktop as one request; one that is impossible is refused with the reason', async (t) => {
  const { url, desktops } = await stage(t);
  const probe = await Probe.withNotes(url);
  const note = once(probe.ws, 'message', { signal: AbortSignal.timeout(5000) });
  probe.ws.send(layout(LEFT, { ...RIGHT, x: 799 }));
  await note;
  assert.deepEqual(probe.notes, [{ kind: 'layout_refused', reason: 'The screens 0 and 1 overlap.' }]);
  probe.ws.send(layout(LEFT, RIGHT));
  const [desktop] = desktops;
  assert.ok(desktop);
  const request = await readExactly(desktop, 8 + 2 * 16, AbortSignal.timeout(5000));
  assert.deepEqual([...request.subarray(0, 8)], [251, 0, 1440 >> 8, 1440 & 255, 600 >> 8, 600 & 255, 2, 0]);
});

test('a viewer that wants 17 screens, or one with a negative place, is closed as one that breaks the protocol', async (t) => {
  const { url } = await stage(t);
  for (const wish of [layout(...Array.from({ length: 17 }, () => LEFT)), layout({ ...LEFT, x: -1 })]) {
    const probe = await Probe.withNotes(url);
    probe.ws.send(wish);
    assert.equal((await probe.closed).code, CloseCode.protocol);
  }
});

test('a viewer that wants to see a screen that the desktop does not have is closed with a code of its own', async (t) => {
  const { url } = await stage(t);
  const probe = new Probe(url, 'RFB 003.008\n', ['deskpod.notes', 'deskpod.wishes']);
  await once(probe.ws, 'open');
  probe.ws.send('{"kind":"picture","picture":"auto"}');
  probe.ws.send('{"kind":"view","screen":5}');
  assert.deepEqual(await probe.closed, { code: CloseCode.screenMissing, reason: 'the desktop has no screen 5' });
});

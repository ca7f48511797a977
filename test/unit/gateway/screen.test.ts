/** A screen through the gateway, with a server that sends RFB bytes: handshake, flow control, ends. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type Duplex } from 'node:stream';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { readExactly } from '#gateway/rfb/read.ts';
import { vncAuthResponse } from '#gateway/rfb/vnc-auth.ts';
import { CloseCode, MAX_CLIPBOARD_BYTES } from '#protocol/screen.ts';
import { PASSWORD, CHOICE, GREETING, KEY, serverInit, stage, Probe, READY } from '../../fakes/screen-gateway.ts';

async function readAll(stream: Duplex): Promise<number> {
  let bytes = 0;
  for await (const chunk of stream) bytes += Buffer.isBuffer(chunk) ? chunk.length : 0;
  return bytes;
}

test('the response to a challenge equals that of VNC servers', () => {
  const challenge = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
  assert.equal(vncAuthResponse('password', challenge).toString('hex'), 'b866924125c8eebb9debc1db61c538e2');
  assert.deepEqual(vncAuthResponse('password and more', challenge), vncAuthResponse('password', challenge));
});

test('a viewer needs no password and gets the screen size with the response to its version', async (t) => {
  const { url, clientInits, log } = await stage(t);
  const probe = new Probe(url);
  assert.deepEqual(await probe.until(READY), Buffer.concat([GREETING, serverInit()]));
  assert.equal(probe.ws.protocol, 'binary');
  assert.deepEqual(await clientInits[0], Buffer.from([1]), 'shared with other viewers');
  assert.ok(!probe.received.includes(PASSWORD));
  assert.deepEqual(log, ['connected hermes hermes-0a1b2']);
});

test("bytes pass in both directions, and the viewer's greeting stays at the gateway", async (t) => {
  const { url, desktops } = await stage(t);
  const probe = new Probe(url);
  await probe.until(READY);
  probe.ws.send(CHOICE.subarray(0, 1));
  probe.ws.send(Buffer.concat([CHOICE.subarray(1), KEY]));
  const [desktop] = desktops;
  assert.ok(desktop);
  assert.deepEqual(await readExactly(desktop, KEY.length, AbortSignal.timeout(5000)), KEY);
  desktop.write('pixels');
  assert.equal((await probe.until(READY + 6)).subarray(READY).toString(), 'pixels');
});

test("a slow viewer pauses the desktop, does not fill the server's memory, and loses nothing", async (t) => {
  const { url, desktops } = await stage(t);
  const probe = new Probe(url);
  await probe.until(READY);
  const [desktop] = desktops;
  assert.ok(desktop);
  probe.ws.pause();
  const chunk = Buffer.alloc(64 * 1024, 7);
  let sent = 0;
  // The kernel's socket buffers hold some megabytes; then it must stop.
  while (sent < 64 * 1024 * 1024 && desktop.writableLength < 1024 * 1024) {
    desktop.write(chunk);
    sent += chunk.length;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(sent < 64 * 1024 * 1024, 'the desktop was never paused');
  probe.ws.removeAllListeners('message');
  let got = 0;
  const all = new Promise<void>((resolve) => {
    probe.ws.on('message', (data) => {
      got += Buffer.isBuffer(data) ? data.length : 0;
      if (got >= sent) resolve();
    });
  });
  probe.ws.resume();
  await all;
  assert.equal(got, sent);
});

test('a desktop that does not read pauses the viewer, and finally gets everything', async (t) => {
  const { url, desktops } = await stage(t);
  const probe = new Probe(url);
  await probe.until(READY);
  const [desktop] = desktops;
  assert.ok(desktop);
  probe.ws.send(CHOICE);
  const text = Buffer.alloc(8 + 1024 * 1024, 0x61);
  text.writeUInt32BE(0x06000000, 0);
  text.writeUInt32BE(1024 * 1024, 4);
  for (let index = 0; index < 20; index++) probe.ws.send(text);
  probe.ws.send(KEY);
  let got = 0;
  desktop.on('data', (part: Buffer) => (got += part.length));
  while (got < 20 * text.length + KEY.length) await once(desktop, 'data', { signal: AbortSignal.timeout(10_000) });
  assert.equal(got, 20 * text.length + KEY.length);
});

test('text that is too large is refused with a note, the screen stays open, and a waiting program gets an answer', async (t) => {
  const { url, desktops } = await stage(t);
  const probe = await Probe.withNotes(url);
  const [desktop] = desktops;
  assert.ok(desktop);
  const length = MAX_CLIPBOARD_BYTES + 600_000;
  const provide = Buffer.alloc(8 + length, 99);
  provide.writeUInt32BE(0x0600_0000, 0);
  provide.writeInt32BE(-length, 4);
  probe.ws.send(provide);
  probe.ws.send(KEY);
  const empty = Buffer.from([6, 0, 0, 0, 0xff, 0xff, 0xff, 0xfc, 8, 0, 0, 0]);
  const got = await readExactly(desktop, empty.length + KEY.length, AbortSignal.timeout(5000));
  assert.deepEqual(got, Buffer.concat([empty, KEY]));
  if (probe.notes.length === 0) await once(probe.ws, 'message', { signal: AbortSignal.timeout(5000) });
  assert.deepEqual(probe.notes, [{ kind: 'clipboard_too_large', bytes: length }]);
  assert.equal(probe.ws.readyState, WebSocket.OPEN);
  assert.equal(probe.ws.protocol, 'binary');
});

test('the gateway tells a viewer that knows wishes that it takes them, and only those', async (t) => {
  const { url } = await stage(t);
  const knows = new Probe(url, 'RFB 003.008\n', ['deskpod.notes', 'deskpod.wishes']);
  const other = new Probe(url);
  await Promise.all([knows.until(READY), other.until(READY)]);
  assert.deepEqual([knows.ws.protocol, other.ws.protocol], ['deskpod.wishes', 'binary']);
});

test('a viewer that did not request notes gets none, and stays connected, too', async (t) => {
  const { url, gateway } = await stage(t);
  const probe = new Probe(url);
  await probe.until(READY);
  probe.ws.send(CHOICE);
  const plain = Buffer.alloc(8 + MAX_CLIPBOARD_BYTES + 1, 99);
  plain.writeUInt32BE(0x0600_0000, 0);
  plain.writeUInt32BE(MAX_CLIPBOARD_BYTES + 1, 4);
  probe.ws.send(plain);
  probe.ws.ping();
  await once(probe.ws, 'pong', { signal: AbortSignal.timeout(5000) });
  await gateway.close();
  assert.equal((await probe.closed).code, CloseCode.serverStopping);
  assert.deepEqual(probe.notes, []);
});

test('a gateway that stops delivers every key it read, reports their number, and accepts no more', async (t) => {
  const { url, gateway, desktops } = await stage(t);
  const probe = await Probe.withNotes(url);
  const [desktop] = desktops;
  assert.ok(desktop);
  const count = 5_000;
  for (let index = 0; index < count; index += 1) probe.ws.send(KEY);
  // Some have arrived, most are in flight.
  const arrived = readAll(desktop);
  await once(desktop, 'data', { signal: AbortSignal.timeout(5000) });
  await gateway.close();
  assert.equal((await probe.closed).code, CloseCode.serverStopping);
  const bytes = await arrived;
  const [note] = probe.notes;
  assert.equal(note?.kind, 'keys');
  assert.ok(note?.kind === 'keys' && note.received > 0, 'the test closes too early');
  assert.equal(bytes / KEY.length, note.received);
});

test('a viewer is notified when another one of the same desktop leaves', async (t) => {
  const { url } = await stage(t);
  const stays = await Probe.withNotes(url);
  const leaves = await Probe.withNotes(url);
  leaves.ws.close();
  await once(stays.ws, 'message', { signal: AbortSignal.timeout(5000) });
  assert.deepEqual(stays.notes, [{ kind: 'viewer_left' }]);
});

test('a server that requires no password, is busy, or refuses the password gives 503 before the upgrade', async (t) => {
  for (const options of [{ types: [1] }, { types: [] }, { password: 'other' }, { version: 'HTTP/1.1 400\n' }]) {
    const { url, log } = await stage(t, options);
    const probe = new Probe(url);
    const [, response] = await once(probe.ws, 'unexpected-response');
    assert.equal(z.object({ statusCode: z.number() }).parse(response).statusCode, 503);
    assert.match(log[0] ?? '', /screen refused/);
    probe.ws.terminate();
  }
});

test('a viewer gets only the version until it has sent its own', async (t) => {
  const { url } = await stage(t);
  const ws = new WebSocket(url, ['binary', 'deskpod.ticket.x'], { perMessageDeflate: false });
  const [first] = await once(ws, 'message', { signal: AbortSignal.timeout(5000) });
  assert.deepEqual(first, Buffer.from('RFB 003.008\n', 'latin1'));
  ws.terminate();
});

test('a viewer that sends another version, text or invalid data is disconnected with the reason', async (t) => {
  const { url } = await stage(t);
  const checkClosed = async (probe: Probe): Promise<void> => {
    const { code, reason } = await probe.closed;
    assert.equal(code, CloseCode.protocol);
    assert.notEqual(reason, '');
  };
  await checkClosed(new Probe(url, 'RFB 003.003\n'));
  for (const message of [Buffer.from([2, 1]), 'text', Buffer.concat([CHOICE, Buffer.from([77])])]) {
    const probe = new Probe(url);
    await probe.until(READY);
    probe.ws.send(message);
    await checkClosed(probe);
  }
});

test('the ends of desktop, session and server close the viewer with different codes', async (t) => {
  const { url, gateway, desktops, log } = await stage(t);
  const ends: [() => void, number][] = [
    [() => desktops.at(-1)?.end(), CloseCode.screenLost],
    [() => desktops.at(-1)?.destroy(), CloseCode.screenLost],
    [() => gateway.closeSession('s1'), CloseCode.sessionEnded],
    [() => gateway.closeUser('hermes', new Date()), CloseCode.sessionEnded],
    [() => gateway.closeDesktop('hermes-0a1b2'), CloseCode.desktopGone],
    [() => void gateway.close(), CloseCode.serverStopping],
  ];
  for (const [end, code] of ends) {
    const probe = new Probe(url);
    await probe.until(READY);
    end();
    assert.equal((await probe.closed).code, code);
  }
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(log.filter((line) => line.startsWith('closed')).length, ends.length);
});

test('closing one session or desktop does not affect the others', async (t) => {
  const { url, gateway, desktops } = await stage(t);
  const probe = new Probe(url);
  await probe.until(READY);
  gateway.closeSession('s2');
  gateway.closeUser('leela', new Date());
  gateway.closeDesktop('leela-99999');
  desktops[0]?.write('still here');
  await probe.until(READY + 10);
});

test('a viewer that leaves ends its own connection to the desktop', async (t) => {
  const { url, desktops } = await stage(t);
  const probe = new Probe(url);
  await probe.until(READY);
  const [desktop] = desktops;
  assert.ok(desktop);
  probe.ws.close();
  desktop.resume();
  await once(desktop, 'end', { signal: AbortSignal.timeout(5000) });
});

test('a viewer that does not answer pings is disconnected, and one that does is not', async (t) => {
  const { url, log } = await stage(t, { heartbeatMs: 40 });
  const lively = new Probe(url);
  await lively.until(READY);
  const dead = new Probe(url);
  await dead.until(READY);
  dead.ws.pause();
  while (!log.some((line) => line.startsWith('closed'))) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.match(log.at(-1) ?? '', /stopped answering/);
  assert.equal(lively.ws.readyState, WebSocket.OPEN);
  dead.ws.terminate();
});

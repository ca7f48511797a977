/** How a ticket's permissions filter a viewer's messages. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TicketRights } from '#domain/ports/auth.ts';
import { ViewerMessages } from '#gateway/rfb/messages.ts';
import { enforce, opening, textTransfer } from '#gateway/rfb/rights.ts';

const ALL: TicketRights = { screen: 'control', clipboardIn: true, clipboardOut: true };
const VIEW: TicketRights = { screen: 'view', clipboardIn: false, clipboardOut: true };

const KEY = Buffer.from([4, 1, 0, 0, 0, 0, 0, 0x61]);
const POINTER = Buffer.from([5, 1, 0, 10, 0, 10]);
const RESIZE = Buffer.from([251, 0, 4, 0, 3, 0, 0, 0]);
const EXTENDED_KEY = Buffer.from([255, 0, 0, 1, 0, 0, 0, 0x61, 0, 0, 0, 30]);
const UPDATE_REQUEST = Buffer.from([3, 1, 0, 0, 0, 0, 0, 9, 0, 9]);
const PLAIN_TEXT = Buffer.from([6, 0, 0, 0, 0, 0, 0, 2, 0x68, 0x69]);
const POWER = Buffer.from([250, 0, 1, 2]);

function extended(flags: number, rest: readonly number[] = []): Buffer {
  const message = Buffer.alloc(12 + rest.length);
  message.writeUInt8(6, 0);
  message.writeInt32BE(-(4 + rest.length), 4);
  message.writeUInt32BE(flags, 8);
  message.set(rest, 12);
  return message;
}

const CAPS = extended(0x1f00_0001, [0, 0x10, 0, 0]);
const REQUEST = extended(0x0200_0001);
const NOTIFY = extended(0x0800_0001);
const PROVIDE = extended(0x1000_0001, [1, 2, 3]);

function encodings(...list: number[]): Buffer {
  const message = Buffer.alloc(4 + list.length * 4);
  message.writeUInt8(2, 0);
  message.writeUInt16BE(list.length, 2);
  list.forEach((encoding, index) => message.writeInt32BE(encoding, 4 + index * 4));
  return message;
}

function pass(rights: TicketRights, ...messages: Buffer[]): (string | null)[] {
  const parser = new ViewerMessages();
  parser.push(Buffer.from('RFB 003.008\n\x01\x01', 'latin1'));
  return parser.push(Buffer.concat(messages)).map((message) => enforce(rights, message)?.toString('hex') ?? null);
}

test('with all permissions every message passes unchanged', () => {
  const sent = [
    KEY,
    POINTER,
    RESIZE,
    EXTENDED_KEY,
    UPDATE_REQUEST,
    PLAIN_TEXT,
    CAPS,
    REQUEST,
    NOTIFY,
    PROVIDE,
    encodings(0, 7),
  ];
  assert.deepEqual(
    pass(ALL, ...sent),
    sent.map((one) => one.toString('hex')),
  );
});

test('a view-only viewer sends no input and changes no size, but still receives the screen', () => {
  assert.deepEqual(pass(VIEW, KEY, POINTER, RESIZE, EXTENDED_KEY, UPDATE_REQUEST), [
    null,
    null,
    null,
    null,
    UPDATE_REQUEST.toString('hex'),
  ]);
});

test('no viewer can switch off the desktop through its screen', () => {
  assert.deepEqual(pass(ALL, POWER), [null]);
});

test('without permission to paste, no text passes in either form, but messages for copying do', () => {
  const rights = { ...ALL, clipboardIn: false };
  assert.deepEqual(pass(rights, PLAIN_TEXT, PROVIDE, NOTIFY), [null, null, null]);
  assert.deepEqual(
    pass(rights, CAPS, REQUEST),
    [CAPS, REQUEST].map((one) => one.toString('hex')),
  );
});

test('without permission to copy, requests for text are dropped and the size for unsolicited text is 0', () => {
  const rights = { ...ALL, clipboardOut: false };
  const [caps, request] = pass(rights, CAPS, REQUEST);
  assert.equal(request, null);
  assert.equal(caps, extended(0x1f00_0001, [0, 0, 0, 0]).toString('hex'));
});

test('without permission to copy, a viewer cannot use the basic clipboard, which is sent unsolicited', () => {
  const rights = { ...ALL, clipboardOut: false };
  assert.deepEqual(pass(rights, encodings(0, 7)), [encodings(0, 7, -1063131698).toString('hex')]);
  assert.ok(opening(rights).includes(encodings(-1063131698)));
  assert.equal(opening(ALL).length, 0);
});

test('each text that passes is reported: its size to the desktop, and that one was requested from there', () => {
  const reported = (rights: TicketRights) => {
    const parser = new ViewerMessages();
    parser.push(Buffer.from('RFB 003.008\n\x01\x01', 'latin1'));
    return parser
      .push(Buffer.concat([CAPS, NOTIFY, PROVIDE, PLAIN_TEXT, REQUEST, KEY]))
      .flatMap((message) => textTransfer(rights, message) ?? []);
  };
  const [provided, plain, requested] = reported(ALL);
  assert.deepEqual(provided, { direction: 'in', bytes: 7 });
  assert.deepEqual(plain, { direction: 'in', bytes: 2 });
  assert.deepEqual(requested, { direction: 'out', bytes: null });
  assert.deepEqual(reported({ ...ALL, clipboardIn: false, clipboardOut: false }), []);
});

test('text that is too large is replaced by a notice of none, if the ticket permits text', () => {
  const head = extended(0x1000_0001);
  head.writeInt32BE(-2_000_000, 4);
  assert.deepEqual(pass(ALL, head), [extended(0x0800_0000).toString('hex')]);
  assert.deepEqual(pass(VIEW, head), [null]);
  const plain = Buffer.from(PLAIN_TEXT.subarray(0, 8));
  plain.writeUInt32BE(2_000_000, 4);
  assert.deepEqual(pass(ALL, plain), [null]);
});

test('a size that no X server survives is dropped', () => {
  const resize = (width: number, height: number): Buffer => {
    const message = Buffer.from(RESIZE);
    message.writeUInt16BE(width, 2);
    message.writeUInt16BE(height, 4);
    return message;
  };
  for (const [width, height] of [
    [8192, 4320],
    [4320, 8192],
    [1, 1],
  ] as const)
    assert.deepEqual(pass(ALL, resize(width, height)), [resize(width, height).toString('hex')]);
  for (const [width, height] of [
    [16_384, 16_384],
    [8193, 1],
    [1, 65_535],
    [8192, 4321],
  ] as const)
    assert.deepEqual(pass(ALL, resize(width, height)), [null], `${width} x ${height}`);
});

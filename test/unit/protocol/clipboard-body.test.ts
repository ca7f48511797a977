/** The body that writes the clipboard: what one side encodes the other decodes, and anything else is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ClipboardType } from '#protocol/clipboard.ts';
import { decodeClipboard, encodeClipboard } from '#protocol/clipboard-body.ts';

const PICTURE = { type: 'image/png', data: new Uint8Array([1, 2, 3]) } as const;

test('all forms come back as they were, with the page that wrote them', () => {
  const form = fc
    .tuple(fc.constantFrom(...ClipboardType.options), fc.uint8Array({ maxLength: 40 }))
    .map(([type, data]) => ({ type, data }));
  const forms = fc.uniqueArray(form, { selector: ({ type }) => type, minLength: 1 });
  fc.assert(
    fc.property(forms, fc.option(fc.string({ minLength: 1, maxLength: 20 })), (given, from) => {
      assert.deepEqual(decodeClipboard(encodeClipboard({ from, forms: given })), { from, forms: given });
    }),
  );
});

test('a body in the middle of a larger buffer is read from its own start', () => {
  const body = encodeClipboard({ from: null, forms: [PICTURE] });
  const larger = Buffer.concat([Buffer.from('before'), body, Buffer.from('after')]);
  assert.deepEqual(decodeClipboard(larger.subarray(6, 6 + body.length))?.forms[0]?.data, larger.subarray(-8, -5));
});

test('a body with bytes too few or too many is refused', () => {
  const body = encodeClipboard({ from: null, forms: [PICTURE] });
  for (let length = 0; length < body.length; length += 1) assert.equal(decodeClipboard(body.subarray(0, length)), null);
  assert.equal(decodeClipboard(Buffer.concat([body, Buffer.from([0])])), null);
});

test('two forms of one type, none, an unknown type and a negative size are refused', () => {
  assert.equal(decodeClipboard(encodeClipboard({ from: null, forms: [PICTURE, PICTURE] })), null);
  assert.equal(decodeClipboard(encodeClipboard({ from: null, forms: [] })), null);
  for (const forms of [[{ type: 'text/rtf', bytes: 0 }], [{ type: 'image/png', bytes: -1 }]]) {
    const head = Buffer.from(JSON.stringify({ from: null, forms }));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(head.length);
    assert.equal(decodeClipboard(Buffer.concat([length, head])), null);
  }
});

test('whatever is sent, reading it ends without an error', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void decodeClipboard(bytes)));
});

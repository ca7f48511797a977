/** Decoding of users' files: every encoding of common editors and shells, without silent replacements. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadConfig } from '#config/load.ts';
import { decodeText } from '#protocol/decode-text.ts';
import { fakeApi } from '../../fakes/api.ts';

const TEXT = '{"name": "Zoë 李小龍 😀"}';
const little = Buffer.from(TEXT, 'utf16le');
const big = Buffer.from(little).swap16();
const bytes = (...parts: (number[] | Buffer)[]): Buffer => Buffer.concat(parts.map((part) => Buffer.from(part)));

test('UTF-8 and UTF-16, with and without a byte order mark', () => {
  const written: readonly Buffer[] = [
    Buffer.from(TEXT),
    bytes([0xef, 0xbb, 0xbf], Buffer.from(TEXT)),
    bytes([0xff, 0xfe], little),
    bytes([0xfe, 0xff], big),
    little,
    big,
  ];
  for (const one of written) assert.equal(decodeText(one), TEXT);
  for (const [charset, one] of [
    ['UTF-8', Buffer.from(TEXT)],
    ['utf-16', bytes([0xff, 0xfe], little)],
    ['utf-16', big],
    ['utf-16le', little],
    ['UTF-16BE', big],
    ['utf-8', bytes([0xff, 0xfe], little)],
  ] as const)
    assert.equal(decodeText(one, charset), TEXT, charset);
  assert.equal(decodeText(Buffer.from('{"n": "Zoë"}', 'latin1'), 'ISO-8859-1'), '{"n": "Zoë"}');
  assert.equal(decodeText(Buffer.alloc(0)), '');
});

test('invalid text is refused with its position', () => {
  const latin = Buffer.from('{\n"name": "Zoë"}', 'latin1');
  assert.throws(() => decodeText(latin), /not valid UTF-8: line 2, byte 14 \(0xEB\)/);
  assert.throws(
    () => decodeText(Buffer.from('{"a": "\u00e9', 'utf8').subarray(0, 8)),
    /not valid UTF-8: line 1, byte 8 /,
  );
  assert.throws(() => decodeText(bytes([0xff, 0xfe], little.subarray(0, 5))), /not valid UTF-16LE/);
  assert.throws(() => decodeText(bytes([0xff, 0xfe, 0, 0], [0x7b, 0, 0, 0])), /UTF-32/);
  assert.throws(() => decodeText(latin, 'koi8-r'), /koi8-r.*utf-8, utf-16/);
});

test('for any bytes, the text contains no replacement character that was not in the input', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (raw) => {
      const replaced = Buffer.from('\uFFFD');
      let text: string;
      try {
        text = decodeText(raw);
      } catch {
        return true;
      }
      return !text.includes('\uFFFD') || Buffer.from(raw).includes(replaced) || raw.includes(0xfd);
    }),
  );
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => decodeText(Buffer.from(`{${text}`)) === `{${text}`));
});

test('request bodies are decoded with their charset, and refused if they are invalid', async () => {
  await using api = await fakeApi();
  const send = (payload: Buffer, type = 'application/json') =>
    api.app.inject({
      method: 'POST',
      url: '/api/v1/session',
      payload,
      headers: { 'x-deskpod': '1', 'content-type': type },
    });
  const login = JSON.stringify({ provider: 'directory', name: 'hermes', password: 'hermes' });
  assert.equal((await send(bytes([0xff, 0xfe], Buffer.from(login, 'utf16le')))).statusCode, 200);
  assert.equal((await send(bytes([0xef, 0xbb, 0xbf], Buffer.from(login)))).statusCode, 200);
  const broken = await send(Buffer.from(login.replace('hermes', 'hérmes'), 'latin1'));
  assert.equal(broken.statusCode, 400);
  assert.match(broken.body, /not valid UTF-8: line 1/);
  const unknown = await send(Buffer.from(login), 'application/json; charset=koi8-r');
  assert.equal(unknown.statusCode, 415);
});

test('a configuration may be UTF-16, and invalid text is reported with its position', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-text-'));
  try {
    const config = join(folder, 'config.yaml');
    await writeFile(config, bytes([0xff, 0xfe], Buffer.from('listen:\n  port: 4711\n', 'utf16le')));
    const load = () => loadConfig({ options: { config }, env: {}, defaultFile: null });
    assert.equal((await load()).config.listen.port, 4711);
    await writeFile(config, Buffer.from('# Büro\nlisten:\n  port: 4711\n', 'latin1'));
    await assert.rejects(load(), /not valid UTF-8: line 1, byte 4 \(0xFC\)\. Save it as UTF-8\./);
  } finally {
    await rm(folder, { recursive: true });
  }
});

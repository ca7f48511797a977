/** Window properties as functions of bytes: titles, classes, icons, positions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inflateSync } from 'node:zlib';
import * as fc from 'fast-check';
import { target } from '#display/actions.ts';
import { bestSize, iconPng } from '#display/icon.ts';
import { encodePng } from '#display/png.ts';
import { decodeClass, decodeText } from '#display/properties.ts';
import { changeGapMs } from '#display/windows.ts';

const UTF8 = 300;
const STRING = 31;

function text(data: string | Buffer, type = UTF8): string {
  return decodeText({ type, format: 8, data: Buffer.from(data) }, UTF8);
}

test('a title is decoded in its declared encoding, on one line', () => {
  assert.equal(text('Müller – 2048'), 'Müller – 2048');
  assert.equal(text(Buffer.from('M\xfcller', 'latin1'), STRING), 'Müller');
  assert.equal(text(' one\n\ttwo\0'), 'one two');
});

test('a title has at most 512 characters and is always well formed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4000 }), (bytes) => {
      const title = text(Buffer.from(bytes));
      assert.ok(title.length <= 512 && title.isWellFormed());
    }),
  );
  assert.equal(text('😀'.repeat(600)).isWellFormed(), true);
});

test('a class is instance and name, or one of them', () => {
  assert.equal(decodeClass(Buffer.from('xterm\0XTerm\0')), 'xterm.XTerm');
  assert.equal(decodeClass(Buffer.from('only')), 'only.only');
  assert.equal(decodeClass(Buffer.from('')), '');
});

/** Decodes the output of `encodePng`: one IDAT, no filter. */
function decode(png: Buffer): { width: number; height: number; pixel: (x: number, y: number) => number[] } {
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const length = png.readUInt32BE(33);
  assert.equal(png.toString('latin1', 37, 41), 'IDAT');
  const rows = inflateSync(png.subarray(41, 41 + length));
  assert.equal(rows.length, height * (1 + width * 4));
  const at = (x: number, y: number) => y * (1 + width * 4) + 1 + x * 4;
  return { width, height, pixel: (x, y) => [...rows.subarray(at(x, y), at(x, y) + 4)] };
}

function icon(width: number, height: number, argb: (x: number, y: number) => number): Buffer {
  const data = Buffer.alloc(width * height * 4);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.writeUInt32LE(argb(x, y), (y * width + x) * 4);
  const png = iconPng(width, height, data);
  assert.ok(png.length < 12_000);
  return png;
}

test('a PNG starts with its signature and ends with IEND', () => {
  const png = encodePng(1, 1, Uint8Array.of(1, 2, 3, 4));
  assert.equal(png.toString('hex', 0, 8), '89504e470d0a1a0a');
  assert.equal(png.toString('hex', png.length - 12), '0000000049454e44ae426082');
  assert.deepEqual(decode(png).pixel(0, 0), [1, 2, 3, 4]);
});

test('a small icon keeps its pixels, and a large one is scaled to a width of 48 with its aspect ratio', () => {
  const small = decode(icon(2, 1, (x) => (x === 0 ? 0xff112233 : 0x80445566)));
  assert.deepEqual(
    [small.pixel(0, 0), small.pixel(1, 0)],
    [
      [0x11, 0x22, 0x33, 0xff],
      [0x44, 0x55, 0x66, 0x80],
    ],
  );
  const large = decode(icon(128, 64, () => 0xff00ff00));
  assert.deepEqual([large.width, large.height, large.pixel(47, 23)], [48, 24, [0, 0xff, 0, 0xff]]);
});

test('transparent pixels do not darken the edges of a scaled icon', () => {
  const scaled = decode(icon(96, 96, (x) => (x % 2 === 0 ? 0xffffffff : 0)));
  assert.deepEqual(scaled.pixel(10, 10), [255, 255, 255, 128]);
});

test('the smallest sufficient size is chosen, or the largest one', () => {
  const squares = (...edges: number[]) => edges.map((edge) => ({ width: edge, height: edge }));
  assert.equal(bestSize(squares(16, 128, 64, 32))?.width, 64);
  assert.equal(bestSize(squares(16, 32, 24))?.width, 32);
  assert.equal(bestSize([]), null);
});

test('however many windows a desktop has, at most 1000 of them are listed per second, and few are listed at once', () => {
  assert.deepEqual([changeGapMs(0), changeGapMs(5)], [30, 30]);
  fc.assert(fc.property(fc.integer({ min: 1, max: 500 }), (count) => (count * 1000) / changeGapMs(count) <= 1000));
});

test('halves of the work area meet without gap or overlap, at any size', () => {
  const span = fc.integer({ min: 1, max: 8192 });
  fc.assert(
    fc.property(fc.record({ x: fc.nat(500), y: fc.nat(500), width: span, height: span }), (area) => {
      const [left, right] = [target('left', area, area), target('right', area, area)];
      const [top, bottom] = [target('top', area, area), target('bottom', area, area)];
      assert.ok(left && right && top && bottom);
      assert.equal(left.x + left.width, right.x);
      assert.equal(right.x + right.width, area.x + area.width);
      assert.equal(top.y + top.height, bottom.y);
      assert.equal(bottom.y + bottom.height, area.y + area.height);
    }),
  );
});

test('a window larger than the work area is centred in it', () => {
  const area = { x: 10, y: 30, width: 100, height: 80 };
  assert.deepEqual(target('centre', area, { width: 50, height: 500 }), { x: 35, y: 30, width: 50, height: 80 });
});

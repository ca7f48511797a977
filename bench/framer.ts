/** Framing what a desktop sends, beside copying the same bytes once: of one core. */
import { ServerFramer } from '#gateway/rfb/framer.ts';
import { ENCODING } from '#gateway/rfb/encodings.ts';
import { Random } from '../test/fixtures/random.ts';
import { compact, rectangleHead, serverInit } from '../test/fixtures/rfb-stream.ts';
import type { Row } from './report.ts';

const GB = 1e9;
/** Of a socket's reads. */
const CHUNK_BYTES = 64 * 1024;
const STREAM_BYTES = 32 * 1024 * 1024;
/** A screen of text, as Xvnc divides it: many rectangles of some hundred bytes, and some large ones. */
const RECTANGLE_BYTES = [60, 200, 300, 600, 1500, 3000, 12_000];

export function framer(runs: number): Row[] {
  const chunks = textScreen(new Random(1));
  const bytes = chunks.reduce((sum, { length }) => sum + length, 0);
  const turns = Math.ceil(GB / bytes);
  const row: Row = { what: 'framing 1 GB that a desktop sends', peer: 'copying it once', ours: [], peers: [] };
  for (let run = 0; run < runs; run += 1) {
    row.ours.push(time(turns, () => frameAll(chunks)));
    row.peers.push(time(turns, () => chunks.forEach((chunk) => void Buffer.from(chunk))));
  }
  return [row];
}

function frameAll(chunks: readonly Buffer[]): void {
  let passed = 0;
  const count = ({ length }: Buffer): void => void (passed += length);
  const server = new ServerFramer(serverInit(1920, 1080), {
    message: (_, bytes) => count(bytes),
    update: count,
    rectangle: (_, bytes) => count(bytes),
    data: count,
    rectangleEnd: () => {},
    updateEnd: () => {},
  });
  for (const chunk of chunks) server.push(chunk);
  if (!server.isBetweenMessages || passed === 0) throw new Error('the stream was not understood');
}

function textScreen(random: Random): Buffer[] {
  const parts: Buffer[] = [];
  for (let bytes = 0; bytes < STREAM_BYTES;) {
    const rectangles = 1 + random.below(60);
    parts.push(Buffer.from([0, 0, 0, rectangles]));
    for (let left = rectangles; left > 0; left -= 1) {
      const length = random.oneOf(RECTANGLE_BYTES) ?? 0;
      const head = rectangleHead(random.below(1000), random.below(900), 200, 100, ENCODING.tight);
      parts.push(head, Buffer.from([0x00, ...compact(length)]), random.bytes(length));
      bytes += length;
    }
  }
  const stream = Buffer.concat(parts);
  const chunks: Buffer[] = [];
  for (let at = 0; at < stream.length; at += CHUNK_BYTES) chunks.push(stream.subarray(at, at + CHUNK_BYTES));
  return chunks;
}

/** In ms of this process, which other processes don't lengthen. */
function time(turns: number, work: () => void): number {
  const before = process.cpuUsage();
  for (let turn = 0; turn < turns; turn += 1) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The speed test: medians of samples, limited in time and bytes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Figures, type Line, measure, type Phase } from '../../../web/speedtest/measure.ts';
import { jitter, median, Meter } from '../../../web/speedtest/meter.ts';
import { bitRate, milliseconds } from '../../../web/ui/format.ts';

const MIB = 1024 * 1024;

/** A connection with a simulated clock: `mbits` in each direction, `tripMs` per round trip. */
function lineOf({ mbits = 80, tripMs = 10, most = Infinity, breaks = false } = {}) {
  let clock = 0;
  const ticks = new Set<{ ms: number; at: number; tick: () => void }>();
  const requests: number[] = [];
  const pass = async (ms: number) => {
    clock += ms;
    for (const one of ticks)
      while (one.at + one.ms <= clock) {
        one.at += one.ms;
        one.tick();
      }
    await new Promise(setImmediate);
  };
  const move = async (bytes: number, onBytes: (bytes: number) => void, signal: AbortSignal) => {
    requests.push(bytes);
    const piece = 64 * 1024;
    for (let left = bytes; left > 0; left -= piece) {
      signal.throwIfAborted();
      await pass((piece * 8) / (mbits * 1000));
      onBytes(piece);
    }
  };
  const line: Line = {
    ping: async (signal) => {
      signal.throwIfAborted();
      if (breaks) throw new Error('broken off');
      await pass(tripMs);
      return tripMs;
    },
    download: move,
    upload: async (bytes, onBytes, signal) => {
      if (bytes > most) throw new Error('413');
      await move(bytes, onBytes, signal);
    },
    now: () => clock,
    every: (ms, tick) => {
      const one = { ms, at: clock, tick };
      ticks.add(one);
      return () => void ticks.delete(one);
    },
  };
  return { line, requests };
}

async function tested(line: Line, signal = new AbortController().signal) {
  const phases: Phase[] = [];
  const told: Figures[] = [];
  const telling = { onPhase: (phase: Phase) => phases.push(phase), onFigures: (known: Figures) => told.push(known) };
  return { result: await measure(line, telling, signal), phases, told };
}

test('a connection of 80 Mbit/s and 10 ms is measured correctly in about ten seconds', async () => {
  const { result, phases, told } = await tested(lineOf().line);
  assert.deepEqual(phases, ['latency', 'download', 'upload']);
  assert.equal(result.latency, 10);
  assert.equal(result.jitter, 0);
  for (const rate of [result.download, result.upload]) assert.ok(Math.abs((rate ?? 0) / 80e6 - 1) < 0.1, String(rate));
  assert.ok(result.ms > 10_000 && result.ms < 12_000, String(result.ms));
  assert.ok(
    told.some(({ download, upload }) => download !== null && upload === null),
    'figures move while it runs',
  );
});

test('a very fast connection ends after a gibibyte in each direction', async () => {
  const { result } = await tested(lineOf({ mbits: 20_000 }).line);
  for (const bytes of [result.downBytes, result.upBytes])
    assert.ok(bytes >= 1024 * MIB && bytes < 1025 * MIB, String(bytes));
  assert.ok(Math.abs((result.download ?? 0) / 20e9 - 1) < 0.1, String(result.download));
});

test('a proxy that refuses large bodies is measured with small ones', async () => {
  const { line, requests } = lineOf({ most: MIB });
  const { result } = await tested(line);
  assert.ok(Math.abs((result.upload ?? 0) / 80e6 - 1) < 0.1, String(result.upload));
  assert.ok(requests.filter((bytes) => bytes === MIB).length > 20);
});

test('cancelling ends it, a lost connection is reported', async () => {
  const abort = new AbortController();
  abort.abort(new Error('cancelled'));
  await assert.rejects(tested(lineOf().line, abort.signal), /cancelled/);
  await assert.rejects(tested(lineOf({ breaks: true }).line), /broken off/);
});

test('a slow start is ignored, the median ignores a gap', () => {
  const meter = new Meter(0);
  let bytes = 0;
  for (let at = 250; at <= 4_000; at += 250) {
    bytes += at <= 1_000 ? 1_000 : at === 2_000 ? 0 : 100_000;
    meter.mark(at, bytes);
  }
  assert.equal(meter.median(), (100_000 * 8_000) / 250);
});

test('without samples there is no figure instead of zero', () => {
  assert.equal(median([]), null);
  assert.equal(jitter([5]), null);
  assert.equal(new Meter(0).median(), null);
  assert.equal(new Meter(0).live(), null);
  assert.equal(jitter([10, 14, 10]), 4);
});

test('rates and times have significant digits only', () => {
  assert.deepEqual(
    [512_000, 8_430_000, 940_400_000, 1_240_000_000].map((rate) => bitRate(rate, 'en')),
    ['0.51 Mbit/s', '8.4 Mbit/s', '940 Mbit/s', '1.2 Gbit/s'],
  );
  assert.deepEqual(
    [0.42, 3.44, 182.6].map((ms) => milliseconds(ms, 'en')),
    ['0.4 ms', '3.4 ms', '183 ms'],
  );
});

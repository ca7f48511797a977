/** What a desktop's sound server plays, as a client of its own beside the gateway hears it, with the gateway's latency. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { PulseClient } from '#gateway/sound/pulse-client.ts';
import { FRAME_SAMPLES, SOUND_RATE } from '#protocol/sound-frames.ts';
import type { DesktopFacts } from '../desktop-facts.ts';
import { type Block, BlockMeter } from './block-meter.ts';
import { HERTZ, leftOf, SAMPLE_BYTES } from './samples.ts';

export class Monitor implements Disposable {
  readonly #client: PulseClient;
  readonly #blocks: Block[];

  private constructor(client: PulseClient, blocks: Block[]) {
    this.#client = client;
    this.#blocks = blocks;
  }

  static async of({ runDir, desktopId }: DesktopFacts): Promise<Monitor> {
    const desktop = join(runDir, 'desktops', desktopId);
    const cookie = await readFile(join(desktop, 'services', 'sound', 'pulse-cookie'));
    const stream = connect(join(desktop, 'sound', 'pulse.sock'));
    await once(stream, 'connect');
    const meter = new BlockMeter(HERTZ, SOUND_RATE);
    const blocks: Block[] = [];
    const samples = (bytes: Buffer): void => {
      const now = performance.timeOrigin + performance.now();
      const left = leftOf(bytes);
      // The last sample is of now.
      blocks.push(...meter.push(left, now - (left.length * 1000) / SOUND_RATE));
    };
    const client = await PulseClient.open(stream, cookie, { samples, changed: () => {} });
    await client.record({ source: 'desk.monitor', rate: SOUND_RATE, fragmentBytes: FRAME_SAMPLES * SAMPLE_BYTES });
    await client.pause(false);
    return new Monitor(client, blocks);
  }

  /** What was heard since the last call. */
  take(): Block[] {
    return this.#blocks.splice(0);
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}

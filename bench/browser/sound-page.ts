/** A page of the product in a real browser, and what is heard in it. */
import { z } from 'zod';
import { Person } from '../../test/e2e/person.ts';
import type { Product } from '../../test/e2e/product.ts';
import type { Block } from '../sound/block-meter.ts';
import { HERTZ } from '../sound/samples.ts';
import { tapSource } from '../sound/tap-source.ts';

const USER = 'fry';
const Blocks = z.array(z.object({ level: z.number(), phase: z.number(), loudAt: z.number().nullable() }));

export class SoundPage implements AsyncDisposable {
  readonly #person: Person;

  private constructor(person: Person) {
    this.#person = person;
  }

  /** Logs in; that is the gesture after which the page listens. */
  static async open(product: Product): Promise<SoundPage> {
    // The tap comes from nowhere that the page's policy allows.
    const person = await Person.at(product, undefined, { bypassCSP: true });
    await person.page.addInitScript(tap, tapSource(HERTZ));
    await person.page.reload();
    await person.logIn(USER, USER);
    await person.seesDesktop();
    await person.find('volume-button', '[data-sound="on"]').waitFor();
    return new SoundPage(person);
  }

  /** What was heard since the last call. */
  async take(): Promise<Block[]> {
    const taken = await this.#person.page.evaluate(() => {
      const blocks: unknown = Reflect.get(window, 'benchBlocks');
      return Array.isArray(blocks) ? blocks.splice(0) : null;
    });
    return Blocks.parse(taken);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#person[Symbol.asyncDispose]();
  }
}

/** Runs in the page, before anything else: whatever leads to the loudspeaker also leads to the tap. */
function tap(source: string): void {
  const blocks: unknown[] = [];
  Object.assign(window, { benchBlocks: blocks });
  const connect: unknown = Reflect.get(AudioNode.prototype, 'connect');
  if (typeof connect !== 'function') return;
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const listen = async (from: AudioNode, to: AudioDestinationNode): Promise<void> => {
    await from.context.audioWorklet.addModule(url);
    const node = new AudioWorkletNode(from.context, 'bench-tap');
    node.port.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (Array.isArray(data)) blocks.push(...data);
    });
    node.port.start();
    Reflect.apply(connect, from, [node]);
    // Nothing else runs it; it adds silence.
    Reflect.apply(connect, node, [to]);
  };
  Reflect.set(AudioNode.prototype, 'connect', function tapped(this: AudioNode, ...to: readonly unknown[]): unknown {
    if (to[0] instanceof AudioDestinationNode) void listen(this, to[0]);
    return Reflect.apply(connect, this, to);
  });
}

/** What a page plays, as a test hears it. */
import type { Person } from './person.ts';

/** Lets the test hear what the page plays: an init script. */
export function tap(): void {
  const connect: unknown = Reflect.get(AudioNode.prototype, 'connect');
  if (typeof connect !== 'function') return;
  Reflect.set(AudioNode.prototype, 'connect', function tapped(this: AudioNode, ...to: readonly unknown[]): unknown {
    if (to[0] instanceof AudioDestinationNode) {
      const analyser = new AnalyserNode(this.context, { fftSize: 8192 });
      Reflect.apply(connect, this, [analyser]);
      Object.assign(window, { analyser });
    }
    return Reflect.apply(connect, this, to);
  });
}

/** The level of the tone that the page plays now, of 1; and how much else there is. */
export async function heard({ page }: Person, hertz: number): Promise<{ tone: number; rest: number }> {
  return await page.evaluate((hertz) => {
    const analyser: unknown = Reflect.get(window, 'analyser');
    if (!(analyser instanceof AnalyserNode)) return { tone: 0, rest: 0 };
    const samples = new Float32Array(analyser.fftSize);
    analyser.getFloatTimeDomainData(samples);
    const step = (2 * Math.PI * hertz) / analyser.context.sampleRate;
    const count = Math.floor(Math.floor((samples.length * step) / (2 * Math.PI)) * ((2 * Math.PI) / step));
    let [sine, cosine, power] = [0, 0, 0];
    for (let at = 0; at < count; at++) {
      const sample = samples[at] ?? 0;
      sine += sample * Math.sin(at * step);
      cosine += sample * Math.cos(at * step);
      power += sample ** 2;
    }
    const tone = (2 * Math.hypot(sine, cosine)) / count;
    return { tone, rest: Math.sqrt(Math.max(0, power / count - tone ** 2 / 2)) };
  }, hertz);
}

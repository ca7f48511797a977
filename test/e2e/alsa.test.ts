/** Programs that know only ALSA: what they play is heard in the browser, and they record its microphone. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { z } from 'zod';
import { buildTestImage } from '../images/build.ts';
import { CatalogueByCurl, documents } from './catalogue-kit.ts';
import { eventually } from './faults-kit.ts';
import { engineApi } from './machine.ts';
import { missingBrowser, openBrowser, Person } from './person.ts';
import { Product } from './product.ts';
import { heard, tap } from './sound-kit.ts';
import { levelOfTone, wavOfTone } from './tone.ts';

const IMAGE = 'localhost/deskpod-test/alsa:1';
const BUILD_MS = 4 * 60_000;
const Inspected = z.looseObject({ RepoTags: z.array(z.string()) });
const RATE = 48_000;
/** What the program plays, and what the microphone hears. */
const PLAYED_HERTZ = 440;
const SPOKEN_HERTZ = 660;
/** At least: the tone of the file is louder, echo cancellation takes from that of the microphone. */
const LEAST_HEARD = 0.3;
const LEAST_RECORDED = 0.02;
/** Bytes of half a second. */
const HALF_SECOND = RATE;

suite('ALSA', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let catalogue: CatalogueByCurl;
  let hermes: Person;
  let folder: string;
  let played: string;
  let recorded: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deskpod-alsa-'));
    const spoken = join(folder, 'spoken.wav');
    await writeFile(spoken, wavOfTone(SPOKEN_HERTZ, RATE, 10));
    product = await Product.start();
    catalogue = await CatalogueByCurl.of(product);
    await buildTestImage(engineApi, 'alsa', IMAGE, AbortSignal.timeout(BUILD_MS));
    const inspected = await engineApi.text('GET', `/images/${encodeURIComponent(IMAGE)}/json`);
    const alone = { ...Inspected.parse(JSON.parse(inspected)), RepoTags: [IMAGE] };
    documents(await catalogue.send('PUT', [alone]));
    assert.equal((await catalogue.settles(IMAGE)).availability.state, 'ready');
    [played, recorded] = [product.home('hermes', 'played.wav'), product.home('hermes', 'recorded')];
    await rm(recorded, { force: true });
    const microphone = ['--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${spoken}`];
    hermes = await Person.at(product, undefined, {}, await openBrowser(...microphone));
    await hermes.allows(['microphone']);
    await hermes.page.addInitScript(tap);
    await hermes.page.reload();
    await hermes.logIn('hermes', 'hermes');
    await hermes.seesDesktop();
    await hermes.starts('alsa');
    await writeFile(played, wavOfTone(PLAYED_HERTZ, RATE, 30));
  });
  after(async () => {
    await catalogue?.[Symbol.asyncDispose]();
    await product?.clear();
    await hermes?.[Symbol.asyncDispose]();
    for (const file of [played, recorded]) if (file) await rm(file, { force: true });
    await product?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const runs = async (command: string): Promise<void> => {
    await hermes.find('key-field').focus();
    await hermes.page.keyboard.type(`${command}\n`);
  };
  const stops = (): Promise<void> => hermes.page.keyboard.press('Control+c');

  test('what aplay plays is heard', async () => {
    await runs('while true; do aplay -q played.wav || break; done');
    await eventually('the tone is heard', async () => {
      const { tone } = await heard(hermes, PLAYED_HERTZ);
      return tone > LEAST_HEARD ? true : null;
    });
    await hermes.find('dock-app', '[data-app="alsa"][data-heard="true"]').waitFor();
    await stops();
  });

  test('arecord records the microphone', async () => {
    await runs(`arecord -q -t raw -f S16_LE -r ${RATE} -c 1 recorded`);
    await hermes.find('microphone', '[data-microphone="on"]').waitFor();
    await eventually('the tone is recorded', async () => {
      const bytes = await readFile(recorded).catch(() => Buffer.alloc(0));
      if (bytes.length < HALF_SECOND) return null;
      const end = bytes.subarray((bytes.length - HALF_SECOND) & ~1);
      return levelOfTone(end, SPOKEN_HERTZ, RATE) > LEAST_RECORDED ? true : null;
    });
    await stops();
    await hermes.find('microphone', '[data-microphone="unused"]').waitFor({ state: 'attached' });
    assert.deepEqual(hermes.complaints, []);
  });
});

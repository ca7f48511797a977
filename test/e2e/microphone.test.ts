/** The microphone of the browser: a program in the desktop records its tone; who uses it is shown; silence where it isn't allowed. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { isClean, PHONE } from './axe.ts';
import { eventually } from './faults-kit.ts';
import { missingBrowser, openBrowser, Person } from './person.ts';
import { Product } from './product.ts';
import { levelOfTone, wavOfTone } from './tone.ts';

const HERTZ = 440;
const RATE = 48_000;
/** What echo cancellation and noise suppression leave of the tone, at least. */
const HEARD = 0.02;
/** Bytes of half a second. */
const HALF_SECOND = RATE;
/**
 * Records until the file `stop-recording` exists, in the home of the app. Not as the first program that uses sound: its
 * connection, which starts the service, passes through the server and ends with it.
 */
const RECORD = `#!/bin/bash
rm -f recorded
pactl info >/dev/null
parec --raw --rate=${RATE} --channels=1 --latency-msec=50 --client-name=Recorder >recorded &
until [ -e stop-recording ]; do sleep 0.2; done
kill %1
`;

suite('microphone', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let hermes: Person;
  let folder: string;
  let recorded: string;
  let stop: string;
  let files: string[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deskpod-microphone-'));
    const wav = join(folder, 'tone.wav');
    await writeFile(wav, wavOfTone(HERTZ, RATE, 10));
    product = await Product.start();
    recorded = product.home('hermes', 'recorded');
    stop = product.home('hermes', 'stop-recording');
    files = [product.home('hermes', 'record'), recorded, stop];
    for (const file of files) await rm(file, { force: true });
    hermes = await Person.at(
      product,
      undefined,
      {},
      await openBrowser('--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${wav}`),
    );
    await hermes.allows(['microphone']);
    await hermes.logIn('hermes', 'hermes');
    await hermes.seesDesktop();
    await hermes.starts('terminal');
    await writeFile(files[0] ?? '', RECORD);
  });
  after(async () => {
    if (stop) await writeFile(stop, '').catch(() => {});
    await product?.clear();
    await hermes?.[Symbol.asyncDispose]();
    for (const file of files ?? []) await rm(file, { force: true });
    await product?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const records = async (): Promise<void> => {
    await rm(stop, { force: true });
    await hermes.find('key-field').focus();
    await hermes.page.keyboard.type('bash record\n');
  };
  const ends = async (): Promise<void> => {
    await writeFile(stop, '');
    await microphone('unused').waitFor({ state: 'attached' });
  };
  const microphone = (state: string) => hermes.find('microphone', `[data-microphone="${state}"]`);
  /** The level of the tone at the end of what was recorded, of 1, once the check is content. */
  const recordsTone = (what: string, fits: (level: number) => boolean): Promise<unknown> =>
    eventually(what, async () => {
      const bytes = await readFile(recorded).catch(() => Buffer.alloc(0));
      if (bytes.length < HALF_SECOND) return null;
      const level = levelOfTone(bytes.subarray((bytes.length - HALF_SECOND) & ~1), HERTZ, RATE);
      return fits(level) ? true : null;
    });

  test('a program records the tone that the microphone hears, and the page names it', async () => {
    await records();
    await microphone('on').waitFor();
    assert.match((await hermes.find('microphone-text').textContent()) ?? '', /is on for (Terminal|Recorder)/);
    await recordsTone('the tone is recorded', (level) => level > HEARD);
    await isClean(hermes, 'microphone on');
    await isClean(hermes, 'microphone phone', ['light'], PHONE);
  });

  test('muted, the program records silence', async () => {
    await hermes.find('microphone-mute').click();
    await recordsTone('silence is recorded', (level) => level === 0);
    await hermes.find('microphone-mute').click();
    await recordsTone('the tone is recorded again', (level) => level > HEARD);
  });

  test('stopped, it records silence until the user wants the microphone again', async () => {
    await hermes.find('microphone-stop').click();
    await recordsTone('silence is recorded', (level) => level === 0);
    await hermes.find('microphone-start').click();
    await recordsTone('the tone is recorded again', (level) => level > HEARD);
  });

  test('the microphone goes on after a restart of the server, and ends with the program', async () => {
    await product.stop();
    await product.run();
    await microphone('on').waitFor();
    await recordsTone('the tone is recorded', (level) => level > HEARD);
    await ends();
  });

  test('where the user doesn’t allow it, the page says so, and the program records silence', async () => {
    await hermes.allows([]);
    await records();
    await microphone('failed').waitFor();
    assert.match((await hermes.find('microphone-text').textContent()) ?? '', /Your browser doesn’t allow it/);
    await recordsTone('silence is recorded', (level) => level === 0);
    await hermes.photograph('microphone-denied');
    await ends();
    assert.deepEqual(hermes.complaints, []);
  });
});

/** Sound of a desktop in the browser: a tone that an app plays is heard, marked in the dock, muted, and survives a restart. */
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { after, before, suite, test } from 'node:test';
import { eventually } from './faults-kit.ts';
import { missingBrowser, Person } from './person.ts';
import { Product } from './product.ts';
import { heard, tap } from './sound-kit.ts';

const HERTZ = 440;
const LOUD = 8_000;
/** Plays a tone until the file `stop` exists, in the home of the app. */
const TONE = `#!/bin/bash
perl -e 'binmode STDOUT; $| = 1; my $n = 0; until (-e "stop") { print pack("s<*", map { my $v = ${LOUD} * sin(($n + $_) * 2 * 3.14159265358979 * ${HERTZ} / 48000); ($v, $v) } 0 .. 4799); $n += 4800 }' |
  pacat --playback --raw --rate=48000 --latency-msec=300 --client-name=Tone --stream-name=A
`;

suite('sound', { skip: missingBrowser, timeout: 10 * 60_000 }, () => {
  let product: Product;
  let hermes: Person;
  let files: string[];

  before(async () => {
    product = await Product.start();
    files = ['tone', 'stop'].map((name) => product.home('hermes', name));
    for (const file of files) await rm(file, { force: true });
    hermes = await Person.at(product);
    await hermes.page.addInitScript(tap);
    await hermes.page.reload();
    await hermes.logIn('hermes', 'hermes');
    await hermes.seesDesktop();
    await hermes.starts('terminal');
    await writeFile(files[0] ?? '', TONE);
  });
  after(async () => {
    await product?.clear();
    await hermes?.[Symbol.asyncDispose]();
    for (const file of files ?? []) await rm(file, { force: true });
    await product?.[Symbol.asyncDispose]();
  });

  const plays = async (): Promise<void> => {
    await rm(files[1] ?? '', { force: true });
    await hermes.find('key-field').focus();
    await hermes.page.keyboard.type('bash tone\n');
  };
  const stops = (): Promise<void> => writeFile(files[1] ?? '', '');
  const hearsTone = (): Promise<unknown> =>
    eventually('the tone is heard', async () => {
      const { tone, rest } = await heard(hermes, HERTZ);
      return Math.abs(tone - LOUD / 32_768) < 0.01 && rest < 0.01 ? tone : null;
    });
  const hearsNothing = (): Promise<unknown> =>
    eventually('nothing is heard', async () => {
      const { tone, rest } = await heard(hermes, HERTZ);
      return tone + rest < 0.001 ? true : null;
    });
  const mark = () => hermes.find('dock-app', '[data-app="terminal"][data-heard="true"]');

  test('a tone that an app plays is heard, and the dock marks the app', async () => {
    await plays();
    await hearsTone();
    await mark().waitFor();
    assert.match((await mark().getAttribute('aria-label')) ?? '', /plays sound/);
    await hermes.photograph('sound-dock');
  });

  test('muted here, nothing is heard; the volume is kept in the browser', async () => {
    await hermes.find('volume-button').click();
    await hermes.find('volume-here').getByRole('button').click();
    await hearsNothing();
    await hermes.photograph('sound-volume');
    await hermes.find('volume-here').getByRole('button').click();
    await hearsTone();
    assert.equal(await hermes.page.evaluate(() => localStorage.getItem('deskpod.sound')), '{"volume":1,"muted":false}');
    await hermes.page.keyboard.press('Escape');
  });

  test('one app is muted in its menu', async () => {
    await mark().click({ button: 'right' });
    const row = hermes.find('dock-menu-volume');
    await row.getByRole('button').click();
    await hearsNothing();
    await hermes.photograph('sound-menu');
    await row.getByRole('button').click();
    await hearsTone();
    await hermes.page.keyboard.press('Escape');
  });

  test('when the app stops, nothing is heard, and the mark is gone', async () => {
    await stops();
    await hearsNothing();
    await mark().waitFor({ state: 'detached' });
  });

  test('sound is heard again after a restart of the server', async () => {
    await product.stop();
    await product.run();
    await hermes.find('volume-button', '[data-sound="on"]').waitFor();
    await plays();
    await hearsTone();
    await stops();
    assert.deepEqual(hermes.complaints, []);
  });
});

/** The X clipboard on a real X server: two clients of ours copy and paste, in one piece and in many. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { DeskpodError } from '#domain/errors.ts';
import type { Display } from '#domain/ports/display.ts';
import { type ClipboardForm, type ClipboardOffer, MAX_COPIED_BYTES } from '#protocol/clipboard.ts';
import { type Lab, missing, openLab, type RealDesktop, until } from './real-desktop.ts';

const PICTURE: ClipboardForm<Buffer> = { type: 'image/png', data: randomBytes(1_500_000) };
const TEXT: ClipboardForm<Buffer> = { type: 'text/plain', data: Buffer.from('Grüße') };
const MARKUP: ClipboardForm<Buffer> = { type: 'text/html', data: Buffer.from('<meta charset="utf-8"><b>Grüße</b>') };

/** Resolves to what the display offers once it fits. */
function offered(
  display: Display,
  what: string,
  fits: (offer: ClipboardOffer) => boolean,
): Promise<ClipboardOffer | null> {
  const { offer } = display.clipboard;
  if (offer !== null && fits(offer)) return Promise.resolve(offer);
  return until(
    what,
    (tell) => display.clipboard.onChange(tell),
    (now) => now !== null && fits(now),
  );
}

const of =
  (...types: readonly string[]) =>
  (offer: ClipboardOffer): boolean =>
    types.every((type) => offer.types.some((one) => one === type));

const failsWith = (code: string) => (error: unknown) => error instanceof DeskpodError && error.code === code;

suite('the clipboard of a display', { skip: missing, timeout: 10 * 60_000 }, () => {
  let lab: Lab;
  let desktop: RealDesktop;
  before(async () => {
    lab = await openLab();
    desktop = await lab.managed();
  });
  after(async () => {
    await desktop?.[Symbol.asyncDispose]();
    await lab?.[Symbol.asyncDispose]();
  });

  test('a picture of 1.5 MB is pasted from a program as it was copied, beside the text and the markup', async () => {
    await using copies = await desktop.display();
    await using pastes = await desktop.display();
    const written = await copies.clipboard.write([TEXT, MARKUP, PICTURE], 'page');
    assert.deepEqual(copies.clipboard.offer, written);
    const offer = await offered(pastes, 'the picture', of('text/plain', 'text/html', 'image/png'));
    assert.ok(offer);
    assert.equal(offer.from, null, 'to X it is a program like any other');
    for (const { type, data } of [PICTURE, TEXT, MARKUP])
      assert.deepEqual(await pastes.clipboard.read(offer.id, type, MAX_COPIED_BYTES), data);
  });

  test('a program gets markup with its encoding', async () => {
    await using copies = await desktop.display();
    await using pastes = await desktop.display();
    await copies.clipboard.write([{ type: 'text/html', data: Buffer.from('<i>é</i>') }], null);
    const offer = await offered(pastes, 'the markup', ({ types }) => types.join() === 'text/html');
    const markup = await pastes.clipboard.read(offer?.id ?? '', 'text/html', 1000);
    assert.match(markup.toString(), /charset=utf-8"><i>é<\/i>$/);
  });

  test('what is larger than the limit is refused before all of it is there, and the next read works', async () => {
    await using copies = await desktop.display();
    await using pastes = await desktop.display();
    await copies.clipboard.write([TEXT, PICTURE], null);
    const offer = await offered(pastes, 'the picture', of('image/png', 'text/plain'));
    assert.ok(offer);
    await assert.rejects(pastes.clipboard.read(offer.id, 'image/png', 100_000), failsWith('payload_too_large'));
    assert.deepEqual(await pastes.clipboard.read(offer.id, 'text/plain', 100_000), TEXT.data);
  });

  test('the offer changes with its owner, and an earlier one can no longer be read', async () => {
    await using first = await desktop.display();
    await using second = await desktop.display();
    const old = await first.clipboard.write([PICTURE], 'page');
    const seen = offered(first, 'text of the second', ({ types }) => types.join() === 'text/plain');
    await second.clipboard.write([TEXT], 'page');
    const now = await seen;
    assert.ok(now);
    assert.notEqual(now.id, old.id);
    await assert.rejects(first.clipboard.read(old.id, 'image/png', MAX_COPIED_BYTES), failsWith('not_found'));
    assert.deepEqual(await first.clipboard.read(now.id, 'text/plain', 100), TEXT.data);
  });

  test('nothing is offered once the program that copied has ended', async () => {
    await using pastes = await desktop.display();
    const copies = await desktop.display();
    await copies.clipboard.write([TEXT], null);
    await offered(pastes, 'the text', of('text/plain'));
    const empty = until(
      'nothing',
      (tell) => pastes.clipboard.onChange(tell),
      (offer: ClipboardOffer | null) => offer === null,
    );
    await copies[Symbol.asyncDispose]();
    await empty;
  });

  test('what was copied before the display was opened is offered, too', async () => {
    await using copies = await desktop.display();
    await copies.clipboard.write([{ type: 'text/uri-list', data: Buffer.from('file:///a\r\n') }], null);
    await using pastes = await desktop.display();
    assert.ok(await offered(pastes, 'the files', of('text/uri-list')));
  });
});

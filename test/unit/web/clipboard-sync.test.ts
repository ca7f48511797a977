/** Syncing the two clipboards: older text never overwrites newer text. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { ClipboardSync } from '../../../web/screen/clipboard-sync.ts';

/** This computer's clipboard in a browser that allows access only to a focused page. */
const here = { text: '', inUse: true };
const waiting: { value: string | null } = { value: null };
let clipboards: ClipboardSync;

/** Both sides have a small text copied in the desktop. */
beforeEach(async () => {
  Object.assign(here, { text: '', inUse: true });
  waiting.value = null;
  const write = async (text: string): Promise<boolean> => {
    if (here.inUse) here.text = text;
    return here.inUse;
  };
  clipboards = new ClipboardSync({ write, waiting });
  await clipboards.takeFromDesktop('small');
  assert.equal(here.text, 'small');
});

function leave(): void {
  here.inUse = false;
  clipboards.leave();
}

/** Returns the text that goes to the desktop. */
async function comeBack(): Promise<string | null> {
  here.inUse = true;
  return await clipboards.comeBack(async () => here.text);
}

test('once the desktop announces text, this computer’s text is not pasted over it', async () => {
  assert.equal(clipboards.isNewerHere('small'), true);
  clipboards.expectFromDesktop();
  assert.equal(clipboards.isNewerHere('small'), false);
  await clipboards.takeFromDesktop('new');
  assert.equal(here.text, 'new');
  assert.equal(clipboards.isNewerHere('new'), true);
});

test('after missed text, older text here is cleared, and if restored it is not sent', async () => {
  clipboards.expectFromDesktop();
  await clipboards.missInDesktop();
  assert.equal(here.text, '');
  leave();
  here.text = 'small';
  assert.equal(await comeBack(), null);
  assert.equal(clipboards.isNewerHere('small'), false);
});

test('after text was missed twice without focus, older text is cleared on return', async () => {
  leave();
  for (let copy = 0; copy < 2; copy += 1) {
    clipboards.expectFromDesktop();
    await clipboards.missInDesktop();
  }
  assert.equal(here.text, 'small');
  assert.equal(await comeBack(), null);
  assert.equal(here.text, '');
});

test('text that is forbidden or lost with the connection clears nothing', async () => {
  clipboards.rememberSent('mine');
  here.text = 'mine';
  clipboards.expectFromDesktop();
  clipboards.forgetSent();
  leave();
  assert.equal(await comeBack(), null);
  assert.equal(here.text, 'mine');
});

test('text copied here after a missed text is newer', async () => {
  await clipboards.missInDesktop();
  leave();
  here.text = 'mine';
  assert.equal(await comeBack(), 'mine');
  assert.equal(clipboards.isNewerHere('mine'), true);
});

test('of several waiting texts the last one is written, and the text here is not sent', async () => {
  here.inUse = false;
  await clipboards.takeFromDesktop('second');
  await clipboards.takeFromDesktop('third');
  await clipboards.takeFromDesktop('third');
  assert.equal(waiting.value, 'third');
  assert.equal(clipboards.isNewerHere('small'), false);
  assert.equal(await comeBack(), null);
  assert.equal(here.text, 'third');
});

test('a waiting text is dropped when newer text goes to the desktop', async () => {
  here.inUse = false;
  await clipboards.takeFromDesktop('second');
  clipboards.rememberSent('mine');
  here.text = 'mine';
  assert.equal(await comeBack(), null);
  assert.equal(await clipboards.copyWaiting(), false);
  assert.equal(here.text, 'mine');
});

test('text that came with other forms is not written again when RFB delivers it, and not sent back', async () => {
  clipboards.expectFromDesktop();
  clipboards.tookForms('one\ntwo');
  here.text = 'with forms';
  await clipboards.takeFromDesktop('one\r\ntwo');
  assert.equal(here.text, 'with forms', 'the text alone replaced the forms');
  leave();
  here.text = 'one\ntwo';
  assert.equal(await comeBack(), null);
});

test('after a picture without text, text that was synced before is new again', async () => {
  clipboards.tookForms('');
  leave();
  here.text = 'small';
  assert.equal(await comeBack(), 'small');
});

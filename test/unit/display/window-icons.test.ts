/** Icons of windows by their content. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WindowIcons } from '#display/window-icons.ts';

const versionOf = (url: string): string => url.split('/').at(-1) ?? '';

test('an icon is found by its URL, which changes with the content and is the same for equal ones', () => {
  const icons = new WindowIcons();
  const [one, other] = [Buffer.from('one'), Buffer.from('other')];
  const url = icons.add(one);
  assert.match(url, /^\/api\/v1\/windows\/icons\/[0-9a-f]{12}$/);
  assert.equal(icons.add(Buffer.from('one')), url);
  assert.notEqual(icons.add(other), url);
  assert.deepEqual(icons.find(versionOf(url)), one);
  assert.equal(icons.find('ffffffffffff'), null);
});

test('of too many icons, those that were added first are forgotten', () => {
  const icons = new WindowIcons(2);
  const [one, two] = ['one', 'two'].map((text) => versionOf(icons.add(Buffer.from(text))));
  icons.add(Buffer.from('one'));
  icons.add(Buffer.from('three'));
  assert.deepEqual([icons.find(one ?? '')?.toString(), icons.find(two ?? '')], ['one', null]);
});

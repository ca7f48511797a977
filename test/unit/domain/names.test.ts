/** Rules for names: the examples of the compatible system, and properties for any text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  ephemeralName,
  hex5,
  labelValue,
  loginName,
  MAX_NAME,
  normalize,
  podAppName,
  userPodName,
} from '#domain/names.ts';

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 120 }),
  fc.string({ unit: fc.constantFrom('-', 'é', 'a', '.', ' ', '_'), maxLength: 120 }),
);
const suffix = fc.stringMatching(/^[0-9a-f]{5}$/);

test('the name of a desktop contains its user', () => {
  assert.equal(userPodName({ id: 'hermes', provider: 'directory' }, 'db906'), 'hermes-db906');
});

test("names of anonymous users' desktops do not reveal them", () => {
  assert.equal(userPodName({ id: '4f1c', provider: 'anonymous' }, 'c33ed'), 'anonymous-c33ed');
});

test('the name of a launch inside the desktop contains the display name, with dashes for dots and spaces', () => {
  assert.equal(ephemeralName('Hermes Conrad', '2048-alpine', '1eef4'), 'hermes-conrad-2048-alpine-1eef4');
  assert.equal(ephemeralName('Philip J. Fry', '2048-alpine', '0ece1'), 'philip-j--fry-2048-alpine-0ece1');
});

test('the name of a launch beside the desktop contains user and app', () => {
  assert.equal(podAppName('hermes', '2048-ubuntu', '4dd6f'), 'hermes-app-2048-ubuntu-4dd6f');
});

test('accents are removed, not replaced by dashes', () => {
  assert.equal(normalize('Zoë Bücher'), 'zoe-bucher');
  assert.equal(labelValue('Zoë Bücher'), 'Zoe_Bucher');
});

test('suffixes are five hexadecimal digits', () => {
  assert.match(hex5(), /^[0-9a-f]{5}$/);
});

test('every name is a valid DNS label, for any input', () => {
  fc.assert(
    fc.property(text, text, suffix, (one, two, end) => {
      for (const name of [
        normalize(one),
        userPodName({ id: one, provider: 'x' }, end),
        ephemeralName(one, two, end),
        podAppName(one, two, end),
      ]) {
        assert.match(name, DNS_LABEL);
        assert.ok(name.length <= MAX_NAME, name);
      }
    }),
  );
});

test('long names keep their suffix', () => {
  fc.assert(
    fc.property(text, text, suffix, (one, two, end) => {
      assert.ok(ephemeralName(one, two, end).endsWith(`-${end}`));
      assert.ok(podAppName(one, two, end).endsWith(`-${end}`));
      assert.ok(userPodName({ id: one, provider: 'x' }, end).endsWith(`-${end}`));
    }),
  );
});

test('label values are valid in Kubernetes', () => {
  fc.assert(
    fc.property(
      text,
      (value) =>
        /^(([A-Za-z0-9][-A-Za-z0-9_]*)?[A-Za-z0-9])?$/.test(labelValue(value)) && labelValue(value).length <= 63,
    ),
  );
});

test('a login name is the id if that is valid', () => {
  assert.equal(loginName('hermes'), 'hermes');
});

test('login names stay inside their folder and never equal those of the system', () => {
  fc.assert(
    fc.property(
      text,
      (id) => /^[a-z_][a-z0-9_.-]*$/.test(loginName(id)) && loginName(id) !== 'root' && loginName(id).length <= 32,
    ),
  );
  assert.match(loginName('../../etc'), /^u-/);
  assert.notEqual(loginName('root'), 'root');
});

test('two ids never share a login name', () => {
  fc.assert(fc.property(text, text, (one, two) => one === two || loginName(one) !== loginName(two)));
  assert.notEqual(loginName('Hermes'), loginName('hermes'));
  assert.notEqual(loginName(loginName('Hermes')), loginName('Hermes'));
});

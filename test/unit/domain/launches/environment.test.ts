/** Secrets in a container's environment: by the name of the variable, in URLs, and whatever was given at a launch. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MASK, maskGiven, maskGivenText, maskSecrets, maskValues } from '#domain/launches/environment.ts';

const shown = (name: string, value = 'a-value'): string | undefined => maskSecrets({ [name]: value })[name];

test('a variable is masked if a word of its name says that it is secret', () => {
  const secret = [
    'DB_PWD',
    'PGPASSWORD',
    'GITHUB_PAT',
    'AUTH',
    'BEARER',
    'SENTRY_DSN',
    'API_KEY',
    'KEY',
    'JWT',
    'aws_access_key_id',
  ];
  for (const name of secret) assert.equal(shown(name), MASK, name);
  for (const name of ['KEYBOARD', 'AUTHOR', 'XAUTHORITY', 'PATH', 'PATTERN', 'MONKEY', 'DISPLAY'])
    assert.equal(shown(name), 'a-value', name);
  assert.equal(shown('DB_PWD', ''), '', 'an empty value is no secret');
});

test('passwords in URLs are masked whatever the variable is called, and in text', () => {
  assert.equal(shown('DATABASE_URL', 'postgres://u:hunter2@h/db?x=1'), `postgres://u:${MASK}@h/db?x=1`);
  assert.equal(shown('CACHE', 'redis://:p%40ss@h:6379'), `redis://:${MASK}@h:6379`);
  assert.equal(shown('TWO', 'a://x:1@h, b+c://y:2@h'), `a://x:${MASK}@h, b+c://y:${MASK}@h`);
  for (const plain of ['http://localhost:30443/a@b', 'https://user@host/', 'mailto:a:b@c'])
    assert.equal(shown('ADDRESS', plain), plain);
  assert.equal(maskValues('connecting to amqp://a:hunter2@q', {}), `connecting to amqp://a:${MASK}@q`);
});

test('a value that was given at a launch is masked under its name, another value of that name is not', () => {
  const given = [{ MODE: 'x1', CITY: 'Neu New York' }, { MODE: 'x2' }];
  assert.deepEqual(maskGiven({ MODE: 'x2', CITY: 'Atlanta', HOME: 'x1' }, given), {
    MODE: MASK,
    CITY: 'Atlanta',
    HOME: 'x1',
  });
});

test('a given value is masked in a description and in an object, in each form that they have', () => {
  const given = [{ MODE: 'a.b*c', CITY: 'Neu New York' }];
  const text =
    'MODE:  a.b*c\n- CITY=Neu New York\n- name: MODE\n  value: "a.b*c"\n"CITY": "Neu New York"\nHOME: a.b*c\n';
  assert.equal(
    maskGivenText(text, given),
    `MODE:  ${MASK}\n- CITY=${MASK}\n- name: MODE\n  value: "${MASK}"\n"CITY": "${MASK}"\nHOME: a.b*c\n`,
  );
});

test('no value remains under its name', () => {
  const names = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/);
  const values = fc
    .string({ minLength: 1, maxLength: 20 })
    .filter((value) => value.trim() !== '' && !value.includes(MASK));
  fc.assert(
    fc.property(names, values, (name, value) => {
      const text = maskGivenText(`Environment:\n  ${name}:  ${value}\n  ${name}=${value}`, [{ [name]: value }]);
      assert.equal(text, `Environment:\n  ${name}:  ${MASK}\n  ${name}=${MASK}`);
    }),
  );
});

/** Names in any script result in readable ids that clusters accept. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addUser, listUsers } from '#auth/local-users.ts';
import { freeUserId, userIdOf } from '#auth/user-ids.ts';
import { openStore } from '#store/open.ts';

const ID = /^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/;

test('a name is transliterated as its readers would type it', () => {
  const ids: Readonly<Record<string, string>> = {
    李小龍: 'li-xiao-long',
    'محمد علي': 'mhmd-ly',
    'Ελένη Μαρία': 'eleni-maria',
    'Иван Петров': 'ivan-petrov',
    'Straße Łódź Ørsted': 'strasse-lodz-orsted',
    김철수: 'gimcheolsu',
    'שרה כהן': 'srh-khhn',
    สมชาย: 'smchay',
    'Zoë Bücher': 'zoe-bucher',
    'O’Brien': 'o-brien',
    '3 Musketeers': 'user-3-musketeers',
    'Zapp Brannigan': 'zapp-brannigan',
  };
  for (const [name, id] of Object.entries(ids)) assert.equal(userIdOf(name), id);
  assert.match(userIdOf('😀'), /^user-[0-9a-f]{4}$/);
  assert.notEqual(userIdOf('😀'), userIdOf('😎'));
});

test('every name results in a valid id, the same each time', () => {
  for (const unit of ['grapheme', 'binary'] as const)
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 80 }), (name) => {
        const id = userIdOf(name);
        return ID.test(id) && id === userIdOf(name);
      }),
    );
});

test('equal ids of different names get a number', async () => {
  const taken = new Set(['li-xiao-long', 'li-xiao-long-2']);
  assert.equal(
    freeUserId('李小龍', (id) => taken.has(id)),
    'li-xiao-long-3',
  );
  assert.equal(
    freeUserId('x', () => true),
    null,
  );
  const long = freeUserId('a'.repeat(60), (id) => id === 'a'.repeat(32));
  assert.equal(long, `${'a'.repeat(29)}-2`);
  await using store = await openStore({ kind: 'sqlite', file: ':memory:' });
  for (const name of ['李小龍', '李晓龙']) await addUser(store, { name, password: 'long enough' });
  assert.deepEqual(
    (await listUsers(store)).map(({ id, name }) => [id, name]),
    [
      ['li-xiao-long', '李小龍'],
      ['li-xiao-long-2', '李晓龙'],
    ],
  );
});

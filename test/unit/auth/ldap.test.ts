import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { AndFilter, EqualityFilter, FilterParser, OrFilter } from 'ldapts';
import { personOf } from '#auth/ldap-entry.ts';
import { escapeFilter, fillFilter, spellingsOf } from '#auth/ldap-filter.ts';

const FILTER = '(&(objectClass=inetOrgPerson)(|(cn=%s)(uid=%s)))';
const ATTRIBUTES = { id: 'uid', name: 'cn', uidNumber: 'uidNumber', gidNumber: 'gidNumber' };

/** Text with many characters that are special in a filter. */
const nasty = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('*', '(', ')', '\\', '\0', '|', '&', '=', '%s', '$&', 'a', 'é', '28') }),
);

test('any text in a name is only compared by the filter', () => {
  fc.assert(
    fc.property(nasty, (name) => {
      const filter = FilterParser.parseString(fillFilter(FILTER, name));
      assert.ok(filter instanceof AndFilter);
      const [kind, names] = filter.filters;
      assert.ok(kind instanceof EqualityFilter && names instanceof OrFilter);
      assert.equal(filter.filters.length, 2);
      const compared = names.filters.map((each) => {
        assert.ok(each instanceof EqualityFilter);
        return [each.attribute, each.value];
      });
      assert.deepEqual(compared, [
        ['cn', name],
        ['uid', name],
      ]);
    }),
  );
});

test('an escaped value in a filter has no special characters left', () => {
  assert.equal(escapeFilter('a*(b)\\c\0'), 'a\\2a\\28b\\29\\5cc\\00');
  fc.assert(fc.property(nasty, (value) => !/[*()\0]/.test(escapeFilter(value))));
});

test('names are searched as typed, then without accents, each spelling once', () => {
  assert.deepEqual(spellingsOf(' Bender Rodri\u0301guez '), ['Bender Rodríguez', 'Bender Rodriguez']);
  assert.deepEqual(spellingsOf('hermes'), ['hermes']);
  assert.deepEqual(spellingsOf('  '), []);
});

test('attributes of an entry are read in any case, using the first of several values', () => {
  const entry = { dn: 'x', UID: ['amy', 'wong'], cn: 'Amy Wong', uidnumber: '2048', gidNumber: '12048' };
  assert.deepEqual(personOf(entry, ATTRIBUTES), { id: 'amy', name: 'Amy Wong', uid: 2048, gid: 12_048 });
});

test('invalid ids and those of root are ignored', () => {
  for (const uidNumber of ['0', '00', '-1', '1e3', ' 7', '2147483648', '99999999999', '', []]) {
    assert.equal(personOf({ dn: 'x', uid: 'a', uidNumber }, ATTRIBUTES)?.uid, null, String(uidNumber));
  }
  assert.equal(personOf({ dn: 'x', uid: 'a', uidNumber: '2147483647' }, ATTRIBUTES)?.uid, 2_147_483_647);
});

test('an id must be a single line of readable text', () => {
  for (const uid of [[], '', '  ', 'a\nb', 'a\0b', 'x'.repeat(257), Buffer.from('raw')]) {
    assert.equal(personOf({ dn: 'x', uid }, ATTRIBUTES), null);
  }
  assert.deepEqual(personOf({ dn: 'x', uid: ' zoë ', cn: 'a\u202eb' }, ATTRIBUTES)?.name, 'zoë');
});

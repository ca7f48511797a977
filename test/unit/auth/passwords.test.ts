import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashPassword, verifyPassword } from '#auth/passwords.ts';

test('a hash accepts only its password and is never created twice', async () => {
  const [one, two] = await Promise.all([hashPassword('good news everyone'), hashPassword('good news everyone')]);
  assert.match(one, /^scrypt\$16384\$8\$5\$[\w-]{22}\$[\w-]{43}$/);
  assert.notEqual(one, two);
  assert.equal(await verifyPassword('good news everyone', one), true);
  assert.equal(await verifyPassword('good news everyone ', one), false);
  assert.equal(await verifyPassword('', one), false);
});

test('the parameters in the string are used: the published test vector of scrypt is accepted', async () => {
  // RFC 7914, section 12: password "pleaseletmein", salt "SodiumChloride", N 16384, r 8, p 1, 64 bytes.
  const hash =
    '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887';
  const [salt, digest] = [Buffer.from('SodiumChloride'), Buffer.from(hash, 'hex')].map((part) =>
    part.toString('base64url'),
  );
  assert.equal(await verifyPassword('pleaseletmein', `scrypt$16384$8$1$${salt}$${digest}`), true);
  assert.equal(await verifyPassword('pleaseletmein', `scrypt$8192$8$1$${salt}$${digest}`), false);
});

test('é as one character or as two is the same password', async () => {
  assert.equal(await verifyPassword('caf\u00e9 cr\u00e8me', await hashPassword('cafe\u0301 cre\u0300me')), true);
});

test('an invalid hash, or one that needs too much memory, is refused without computing it', async () => {
  const bad = [
    '',
    'hermes',
    'scrypt$16384$8$5$short$short',
    'scrypt$0$8$1$c2FsdHNhbHQ$AOLXEESCcPmf2DxU3D47ZJxp5ZTcHC0S2Mb2eFXc4tI',
    'scrypt$1000$8$1$c2FsdHNhbHQ$AOLXEESCcPmf2DxU3D47ZJxp5ZTcHC0S2Mb2eFXc4tI',
    'scrypt$67108864$8$1$c2FsdHNhbHQ$AOLXEESCcPmf2DxU3D47ZJxp5ZTcHC0S2Mb2eFXc4tI',
    'scrypt$16384$8$999$c2FsdHNhbHQ$AOLXEESCcPmf2DxU3D47ZJxp5ZTcHC0S2Mb2eFXc4tI',
  ];
  for (const stored of bad) assert.equal(await verifyPassword('password', stored), false, stored);
});

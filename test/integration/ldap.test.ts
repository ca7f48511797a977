import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createDirectory } from '#auth/directory.ts';
import { DeskpodError } from '#domain/errors.ts';
import { openStore } from '#store/open.ts';
import { deadUrl, elsewhere, PEOPLE, peopleOf, rogueServer, type Slapd, startSlapd, success } from './ldap-kit.ts';

let slapd: Slapd;

before(async () => {
  slapd = await startSlapd();
  await slapd.add(MORE_PEOPLE);
});
after(() => slapd[Symbol.asyncDispose]());

const idOf = async (name: string, password: string, people = peopleOf([slapd.url])): Promise<string> => {
  const proof = await people.prove(name, password);
  return typeof proof === 'string' ? proof : proof.user.id;
};

const unreachable = (words: RegExp) => (error: unknown) =>
  error instanceof DeskpodError &&
  error.code === 'directory_unavailable' &&
  error.message === "The directory Planet Express can't be reached." &&
  words.test(String(error.cause));

test('a user logs in by common name and by uid, in any case, and is the same user', async () => {
  for (const name of ['Hermes Conrad', 'hermes', 'HERMES', ' hermes   conrad ']) {
    assert.deepEqual(await peopleOf([slapd.url]).prove(name, 'hermes'), {
      user: { id: 'hermes', name: 'Hermes Conrad', provider: 'planet', labels: ['user'], roles: ['user'] },
      account: { userId: 'hermes', displayName: 'Hermes Conrad', provider: 'planet', uid: 2043, gid: 12_043 },
    });
  }
});

test('each of the seven demo users logs in with the uid as password', async () => {
  for (const id of ['fry', 'hermes', 'leela', 'professor', 'bender', 'zoidberg', 'amy']) {
    assert.equal(await idOf(id, id), id);
  }
});

test('a wrong password is refused, and an unknown name is reported as unknown', async () => {
  assert.equal(await idOf('hermes', 'Hermes'), 'refused');
  assert.equal(await idOf('hermes', 'fry'), 'refused');
  assert.equal(await idOf('nobody', 'hermes'), 'unknown');
});

test('an empty password is refused, although the directory itself accepts it', async () => {
  assert.equal(await slapd.letsIn(`cn=Hermes Conrad,${PEOPLE}`, ''), true);
  await using store = await openStore({ kind: 'sqlite', file: ':memory:' });
  const directory = createDirectory(store, { demo: false, sources: [{ ...peopleOf([slapd.url]), displayName: 'x' }] });
  assert.equal(await directory.authenticate({ name: 'hermes', password: '' }), null);
  assert.equal(await directory.authenticate({ name: '', password: 'hermes' }), null);
  assert.equal((await directory.authenticate({ name: 'hermes', password: 'hermes' }))?.user.id, 'hermes');
  assert.equal(await idOf('hermes', ''), 'refused');
});

test('an unknown name takes about as long as a wrong password', async () => {
  await using store = await openStore({ kind: 'sqlite', file: ':memory:' });
  const directory = createDirectory(store, { demo: false, sources: [{ ...peopleOf([slapd.url]), displayName: 'x' }] });
  const time = async (name: string): Promise<number> => {
    const started = performance.now();
    assert.equal(await directory.authenticate({ name, password: 'wrong' }), null);
    return performance.now() - started;
  };
  // In turn, and the fastest of each: other work on the machine delays some of them.
  let [known, unknown] = [Infinity, Infinity];
  for (let round = 0; round < 6; round += 1) {
    known = Math.min(known, await time('hermes'));
    unknown = Math.min(unknown, await time('nobody'));
  }
  const ratio = unknown / known;
  assert.ok(
    ratio > 0.5 && ratio < 2,
    `${unknown.toFixed(0)} ms for an unknown name, ${known.toFixed(0)} ms for a known one`,
  );
});

test('no character in a name is interpreted as part of the filter', async () => {
  for (const name of [
    '*',
    'herm*',
    'hermes)(uid=*',
    '*)(uid=*))(|(uid=*',
    'hermes\\2a',
    '\\2a',
    'hermes\0',
    '(',
    ')',
    '&',
  ]) {
    assert.equal(await idOf(name, 'hermes'), 'unknown', JSON.stringify(name));
  }
});

test('a name with special characters in the directory can be used to log in', async () => {
  assert.equal(await idOf('Star * (the) \\ one', 'star'), 'star');
});

test('accents match as in the directory, composed or decomposed, and an accent that it lacks does not matter', async () => {
  for (const name of [
    'Zoë Łukasiewicz-Ñandú',
    'Zoe\u0308 Łukasiewicz-N\u0303andu\u0301',
    'ZOË ŁUKASIEWICZ-ÑANDÚ',
    'zoë',
  ]) {
    const proof = await peopleOf([slapd.url]).prove(name, 'pässwörd €');
    assert.ok(typeof proof === 'object', name);
    assert.deepEqual([proof.user.id, proof.user.name], ['zoë', 'Zoë Łukasiewicz-Ñandú']);
  }
  assert.equal(await idOf('Bender Bending Rodríguez', 'bender'), 'bender');
});

test('an entry with several values in its name and an entry with unusual characters can log in', async () => {
  assert.equal(await idOf('Amy Wong', 'amy'), 'amy');
  assert.equal(await idOf('Kroker, Kif+1 "the" <lieutenant>; #2=\\', 'kif'), 'kif');
});

test('a name of two entries is refused with either password, and the administrator is informed', async () => {
  const people = peopleOf([slapd.url]);
  assert.equal(await idOf('Double Agent', 'one', people), 'refused');
  assert.equal(await idOf('Double Agent', 'two', people), 'refused');
  assert.match(people.warnings[0] ?? '', /several entries match "Double Agent"/);
  assert.equal(await idOf('agent1', 'one', people), 'agent1');
});

test("no user gets root's uid or gid, and users without ids get ids from Deskpod", async () => {
  const numbers = async (name: string) => {
    const proof = await peopleOf([slapd.url]).prove(name, name);
    return typeof proof === 'string' ? proof : [proof.account.uid, proof.account.gid];
  };
  assert.deepEqual(await numbers('rooty'), [20_000, 20_000]);
  assert.deepEqual(await numbers('plain'), [20_000, 20_000]);
});

test('an entry without an id is refused, and the administrator is informed', async () => {
  const people = peopleOf([slapd.url]);
  assert.equal(await idOf('No Id', 'noid', people), 'refused');
  assert.match(people.warnings[0] ?? '', /cn=No Id,.* has no valid uid/);
});

test('an account without a password cannot log in', async () => {
  assert.equal(await idOf('nopass', 'anything'), 'refused');
});

test('the directory is searched anonymously without a service account', async () => {
  assert.equal(await idOf('leela', 'leela', peopleOf([slapd.url], { bindDn: null })), 'leela');
});

test('the directory that owns an id says so, with any characters in the id', async () => {
  const people = peopleOf([slapd.url]);
  assert.deepEqual(await Promise.all(['HERMES', 'nobody', '*', 'zoë'].map((id) => people.owns(id))), [
    true,
    false,
    false,
    true,
  ]);
});

test('many users log in at once, each as themselves', async () => {
  const people = peopleOf([slapd.url]);
  const ids = ['fry', 'hermes', 'leela', 'professor', 'bender', 'zoidberg', 'amy'];
  const wrong = ids.map((id) => idOf(id, `not ${id}`, people));
  assert.deepEqual(await Promise.all(ids.map((id) => idOf(id, id, people))), ids);
  assert.deepEqual(new Set(await Promise.all(wrong)), new Set(['refused']));
});

test('when the first server is down the second one is used, and is preferred for a while', async () => {
  const dead = await deadUrl();
  const people = peopleOf([dead, slapd.url]);
  assert.equal(await idOf('fry', 'fry', people), 'fry');
  assert.equal(await idOf('fry', 'wrong', people), 'refused');
  assert.equal(people.warnings.length, 1);
  assert.match(people.warnings[0] ?? '', /ECONNREFUSED.*used ldap.* instead/);
});

test('an outage of all servers is reported differently from a wrong password', async () => {
  const [one, other] = [await deadUrl(), await deadUrl()];
  await assert.rejects(peopleOf([one, other]).prove('fry', 'fry'), unreachable(/ECONNREFUSED.*ECONNREFUSED/));
  await assert.rejects(peopleOf([one]).owns('fry'), unreachable(/ECONNREFUSED/));
});

test('a refused service account is reported as an error of the directory, not of the user', async () => {
  const people = peopleOf([slapd.url], { password: 'wrong' });
  await assert.rejects(people.prove('fry', 'fry'), unreachable(/refuses the service account cn=admin/));
});

test('a missing search base is reported as an error of the directory', async () => {
  await assert.rejects(
    peopleOf([slapd.url], { baseDn: `ou=nowhere,${PEOPLE}` }).prove('fry', 'fry'),
    unreachable(/0x20/),
  );
});

test('a server that never responds is abandoned after the configured timeout', async () => {
  await using silent = await rogueServer();
  const started = performance.now();
  const people = peopleOf([silent.url, slapd.url], { timeoutSeconds: 0.5 });
  assert.equal(await idOf('leela', 'leela', people), 'leela');
  assert.ok(performance.now() - started < 3000);
  await assert.rejects(
    peopleOf([silent.url], { timeoutSeconds: 0.2 }).prove('fry', 'fry'),
    unreachable(/within 0.2 s/),
  );
});

test('a server that accepts connections but does not start or finish TLS is abandoned after the configured timeout', async () => {
  await using ldaps = await rogueServer(() => {}, 'ldaps');
  const connecting = peopleOf([ldaps.url], { connectTimeoutSeconds: 0.2 }).prove('fry', 'fry');
  await assert.rejects(connecting, unreachable(/no connection within 0.2 s/));
  await using plain = await rogueServer();
  const starting = peopleOf([plain.url], { startTls: true, timeoutSeconds: 0.2 }).prove('fry', 'fry');
  await assert.rejects(starting, unreachable(/within 0.2 s/));
});

for (const [name, at] of [
  ['StartTLS', (): [string, boolean] => [slapd.url, true]],
  ['ldaps', (): [string, boolean] => [slapd.tlsUrl, false]],
] as const) {
  test(`${name} works with a trusted certificate`, async () => {
    const [url, startTls] = at();
    assert.equal(await idOf('amy', 'amy', peopleOf([url], { startTls, ca: slapd.ca })), 'amy');
    const byName = url.replace('127.0.0.1', 'localhost');
    assert.equal(await idOf('amy', 'amy', peopleOf([byName], { startTls, ca: slapd.ca })), 'amy');
  });

  test(`${name} is refused with an untrusted certificate, unless verification is disabled`, async () => {
    const [url, startTls] = at();
    await assert.rejects(peopleOf([url], { startTls }).prove('amy', 'amy'), unreachable(/self-signed certificate/));
    assert.equal(await idOf('amy', 'amy', peopleOf([url], { startTls, verify: false })), 'amy');
  });

  test(`${name} is refused with a certificate for another host`, async () => {
    const [url, startTls] = at();
    const people = peopleOf([elsewhere(url)], { startTls, ca: slapd.ca });
    await assert.rejects(people.prove('amy', 'amy'), unreachable(/127\.0\.0\.2 is not in the cert/));
    assert.equal(await idOf('amy', 'amy', peopleOf([elsewhere(url)], { startTls, verify: false })), 'amy');
  });
}

test('no password is sent when StartTLS is announced but fails', async () => {
  const said: Buffer[] = [];
  await using rogue = await rogueServer((socket, data) => {
    said.push(data);
    if (said.length === 1) socket.write(success(data, 0x78));
    else socket.end(success(data, 0x61));
  });
  await assert.rejects(
    peopleOf([rogue.url], { startTls: true, verify: false }).prove('fry', 'secret'),
    unreachable(/./),
  );
  assert.equal(Buffer.concat(said).includes('GoodNewsEveryone'), false);
  assert.equal(rogue.connections(), 1);
});

test('a connection that breaks during login is not reopened anonymously', async () => {
  await using rogue = await rogueServer((socket, data) => socket.end(success(data, 0x61)));
  await assert.rejects(peopleOf([rogue.url]).prove('fry', 'secret'), unreachable(/./));
  assert.equal(rogue.connections(), 1);
});

test('a server that sends invalid data is reported as unreachable', async () => {
  await using rogue = await rogueServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await assert.rejects(peopleOf([rogue.url], { timeoutSeconds: 1 }).prove('fry', 'secret'), unreachable(/./));
});

test('an unreadable certificate file is reported', async () => {
  await assert.rejects(
    peopleOf([slapd.tlsUrl], { ca: '/nowhere.pem' }).prove('fry', 'fry'),
    unreachable(/nowhere\.pem/),
  );
});

const PASSWORD = (password: string) => `objectClass: inetOrgPerson\nuserPassword: ${password}\n`;
const base64 = (text: string) => Buffer.from(text).toString('base64');

test('a user who is gone, or whom the filter no longer matches, is not found by a later check', async () => {
  const dn = `uid=leaver,${PEOPLE}`;
  await slapd.add(`dn: ${dn}\ncn: The Leaver\nsn: L\nuid: leaver\n${PASSWORD('leaver')}`);
  const active = peopleOf([slapd.url], {
    filter: '(&(objectClass=inetOrgPerson)(!(title=disabled))(|(cn=%s)(uid=%s)))',
  });
  const check = active.check ?? assert.fail('it has none');
  const found = () => Promise.all(['The Leaver', 'leaver'].map((name) => check(name, 'leaver')));
  assert.equal(await idOf('leaver', 'leaver', active), 'leaver');
  assert.deepEqual(await found(), [true, true]);
  assert.equal(await check('The Leaver', 'somebody else'), false);
  await slapd.modify(`dn: ${dn}\nchangetype: modify\nadd: title\ntitle: disabled\n`);
  assert.deepEqual(await found(), [false, false]);
  await slapd.modify(`dn: ${dn}\nchangetype: modify\ndelete: title\n`);
  assert.deepEqual(await found(), [true, true]);
  await slapd.modify(`dn: ${dn}\nchangetype: delete\n`);
  assert.deepEqual(await found(), [false, false]);
  await assert.rejects(
    async () => peopleOf([await deadUrl()]).check?.('leaver', 'leaver'),
    unreachable(/ECONNREFUSED/),
  );
});

test('an account that may not log in now is refused before its password is checked', async () => {
  const people = peopleOf([slapd.url]);
  const found: string[] = [];
  const proof = await people.prove('Hermes Conrad', 'hermes', (userId) => found.push(userId) > 1);
  assert.deepEqual([proof, found], ['refused', ['hermes']]);
});

const MORE_PEOPLE = [
  `dn: cn=Star \\2a (the) \\5c one,${PEOPLE}\ncn: Star * (the) \\ one\nsn: Star\nuid: star\n${PASSWORD('star')}`,
  `dn:: ${base64(`cn=Zoë Łukasiewicz-Ñandú,${PEOPLE}`)}\ncn:: ${base64('Zoë Łukasiewicz-Ñandú')}\nsn: Z\nuid:: ${base64('zoë')}
objectClass: inetOrgPerson\nuserPassword:: ${base64('pässwörd €')}\n`,
  `dn: cn=Kroker\\, Kif\\+1 \\"the\\" \\<lieutenant\\>\\; #2\\=\\\\,${PEOPLE}
cn: Kroker, Kif+1 "the" <lieutenant>; #2=\\\nsn: Kroker\nuid: kif\n${PASSWORD('kif')}`,
  `dn: uid=agent1,${PEOPLE}\ncn: Double Agent\nsn: Agent\nuid: agent1\n${PASSWORD('one')}`,
  `dn: uid=agent2,${PEOPLE}\ncn: Double Agent\nsn: Agent\nuid: agent2\n${PASSWORD('two')}`,
  `dn: uid=rooty,${PEOPLE}\nobjectClass: posixAccount\ncn: Rooty\nsn: R\nuid: rooty\nuidNumber: 0\ngidNumber: 0
homeDirectory: /\n${PASSWORD('rooty')}`,
  `dn: uid=plain,${PEOPLE}\ncn: Plain\nsn: P\nuid: plain\n${PASSWORD('plain')}`,
  `dn: cn=No Id,${PEOPLE}\ncn: No Id\nsn: I\n${PASSWORD('noid')}`,
  `dn: uid=nopass,${PEOPLE}\nobjectClass: inetOrgPerson\ncn: No Pass\nsn: P\nuid: nopass\n`,
].join('\n');

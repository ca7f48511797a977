/** The services of a desktop, each in the image that a cluster runs, with the minimal permissions of a cluster. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { appears, type Service, Services, UID } from './service-kit.ts';

function reasonToSkip(): string | false {
  if (process.getuid?.() !== 0) return 'needs root';
  return spawnSync('podman', ['--version']).status === 0 ? false : 'podman is not installed';
}
const skip = reasonToSkip();

let services: Services;
before(async () => {
  if (skip === false) services = await Services.open(['files', 'sound', 'printer', 'toolbox', 'postgres', 'terminal']);
});
after(async () => services?.[Symbol.asyncDispose]());

interface Asked {
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer<ArrayBuffer>;
}

/** Resolves to its address when it listens. */
async function listening(service: Service, port: number): Promise<string> {
  const address = await service.address();
  await appears(async () => ((await answers(address, port)) ? true : null), `port ${port}`);
  return address;
}

async function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ host, port });
    probe.once('connect', () => resolve(true)).once('error', () => resolve(false));
    probe.once('connect', () => probe.destroy());
  });
}

async function endsAtOnce(service: Service): Promise<void> {
  const { ms, code } = await service.stop();
  assert.equal(code, 0);
  assert.ok(ms < 2500, `it took ${Math.round(ms)} ms to exit`);
}

test('files can be read and written over WebDAV with the password only', { skip }, async () => {
  const home = services.volume('files-home');
  const hash = createHash('sha1').update('open sesame').digest('base64');
  const files = await services.start('files', {
    env: { HOME: '/home/hermes' },
    mounts: {
      '/home/hermes': home,
      '/tmp': services.volume('files-tmp'),
      '/run/deskpod/secret': services.secret('htpasswd', `deskpod:{SHA}${hash}\n`),
    },
  });
  const base = `http://${await listening(files, 29783)}:29783`;
  const ask = async (method: string, path: string, more: Asked = {}, password = 'open sesame') => {
    const headers = new Headers(more.headers);
    headers.set('authorization', `Basic ${Buffer.from(`deskpod:${password}`).toString('base64')}`);
    const body = more.body ?? null;
    return fetch(base + path, { method, headers, body, signal: AbortSignal.timeout(60_000) });
  };

  assert.equal((await fetch(base)).status, 401);
  assert.equal((await ask('GET', '/', {}, 'wrong')).status, 401);
  assert.equal((await ask('PUT', '/notes%20%C3%A4.txt', { body: 'one two three' })).status, 201);
  assert.equal(readFileSync(join(home, 'notes ä.txt'), 'utf8'), 'one two three');
  assert.equal(statSync(join(home, 'notes ä.txt')).uid, UID);
  const part = await ask('GET', '/notes%20%C3%A4.txt', { headers: { range: 'bytes=4-6' } });
  assert.deepEqual([part.status, await part.text()], [206, 'two']);
  const listing = await ask('PROPFIND', '/', { headers: { depth: '1' } });
  assert.equal(listing.status, 207);
  assert.match(await listing.text(), /<D:href>\/notes%20%c3%a4\.txt<\/D:href>/i);
  assert.equal((await ask('MKCOL', '/letters')).status, 201);
  const destination = `${base}/letters/first.txt`;
  assert.equal((await ask('MOVE', '/notes%20%C3%A4.txt', { headers: { destination } })).status, 201);
  const lock = `<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>`;
  assert.equal((await ask('LOCK', '/letters/first.txt', { body: lock })).status, 200);
  assert.equal((await ask('PUT', '/letters/first.txt', { body: 'x' })).status, 423);
  assert.equal((await ask('GET', '/..%2f..%2fetc/passwd')).status, 404);

  const large = randomBytes(48 * 1024 ** 2);
  assert.equal((await ask('PUT', '/large.bin', { body: large })).status, 201);
  assert.deepEqual(digest(readFileSync(join(home, 'large.bin'))), digest(large));
  await endsAtOnce(files);
});

test('sound can be played and recorded with the cookie only', { skip }, async () => {
  const cookie = services.secret('pulse-cookie', randomBytes(256));
  const tmp = services.volume('sound-tmp');
  const sound = await services.start('sound', { mounts: { '/tmp': tmp, '/run/deskpod/secret': cookie } });
  const server = `${await listening(sound, 4713)}:4713`;
  const client = (words: string, env: Record<string, string>) =>
    services.run('sound', {
      command: ['sh', '-c', words],
      env: { HOME: '/tmp', ...env },
      mounts: { '/run/deskpod': cookie, '/desktop': tmp },
    });

  const stranger = await client('pactl info', { PULSE_SERVER: server });
  assert.match(stranger.output, /Access denied/);
  assert.notEqual(stranger.code, 0);
  const known = { PULSE_SERVER: server, PULSE_COOKIE: '/run/deskpod/pulse-cookie' };
  const heard = await client(
    'pactl info; parec -d desk.monitor --latency-msec=50 >/tmp/heard & for i in $(seq 100); do [ -s /tmp/heard ] && break; sleep 0.1; done; head -c 200000 /dev/urandom | pacat --playback; kill $!; tr -d "\\0" </tmp/heard | wc -c',
    known,
  );
  assert.match(heard.output, /Default Sink: desk\r?\nDefault Source: microphone/);
  assert.ok(Number(heard.output.trim().split('\n').at(-1)) > 100_000, heard.output);
  const beside = await client('pactl list short sinks', { PULSE_SERVER: 'unix:/desktop/.pulseaudio/pulse.sock' });
  assert.match(beside.output, /desk\s+module-null-sink/);
  assert.match((await client('pactl load-module module-null-sink', known)).output, /Failure/);
  await endsAtOnce(sound);
});

test(
  "lp writes a PDF named after its title to the home; a client without the queue's name is refused without details",
  { skip },
  async () => {
    const home = services.volume('printer-home');
    const tmp = services.volume('printer-tmp');
    const printer = await services.start('printer', {
      env: { HOME: '/home/hermes', PAPER: 'Letter' },
      mounts: { '/home/hermes': home, '/tmp': tmp, '/run/deskpod/secret': services.secret('queue', 'desk-5e0f3a\n') },
    });
    const CUPS_SERVER = `${await listening(printer, 6310)}:6310`;
    const client = (words: string, env: Record<string, string>) =>
      services.run('terminal', { command: ['sh', '-c', words], env, mounts: { '/desktop': tmp } });
    const prints = () => readdirSync(join(home, 'PDF')).filter((name) => name.endsWith('.pdf'));

    const print = await client('for i in 1 2; do echo "Grüße, page $i" | lp -t "A letter / to Leela"; done', {
      CUPS_SERVER,
      PRINTER: 'desk-5e0f3a',
    });
    assert.equal(print.code, 0, print.output);
    const beside = await client(
      'lpstat -d && lpstat -lp && lp -n 2 -o sides=two-sided-long-edge -t Twice /etc/hosts && lp -o media=A5 -t Small /etc/hosts',
      { CUPS_SERVER: '/desktop/.cupsd/cups.sock' },
    );
    assert.match(beside.output, /system default destination: desk-5e0f3a/);
    assert.match(beside.output, /Description: Print to my computer/);
    await appears(async () => (prints().length === 4 ? true : null), 'four prints');
    assert.deepEqual(prints().toSorted(), [
      'A letter - to Leela (2).pdf',
      'A letter - to Leela.pdf',
      'Small.pdf',
      'Twice.pdf',
    ]);
    const pdf = join(home, 'PDF/A letter - to Leela.pdf');
    assert.equal(readFileSync(pdf).subarray(0, 5).toString(), '%PDF-');
    assert.equal(statSync(pdf).uid, UID);
    const text = await services.run('printer', {
      command: ['pdftotext', '/home/A letter - to Leela.pdf', '-'],
      mounts: { '/home': join(home, 'PDF') },
    });
    assert.match(text.output, /Grüße, page 1/);
    const facts = async (name: string): Promise<string> => {
      const command = [
        'sh',
        '-c',
        'pdfinfo "$0"; qpdf --qdf --object-streams=disable "$0" - | grep -a /Duplex',
        `/home/${name}`,
      ];
      return (await services.run('printer', { command, mounts: { '/home': join(home, 'PDF') } })).output;
    };
    assert.match(await facts('A letter - to Leela.pdf'), /Page size: +612 x 792 pts \(letter\)/);
    assert.match(await facts('Small.pdf'), /Page size: +(419\.\d+|420) x 595/);
    const twice = await facts('Twice.pdf');
    assert.match(twice, /Pages: +[34]\b/, 'each copy begins on a sheet of its own');
    assert.match(twice, /\/Duplex \/DuplexFlipLongEdge/, 'dialogs choose two sides');

    const wrong = await client('echo x | lp', { CUPS_SERVER, PRINTER: 'other' });
    assert.match(wrong.output, /does not exist/);
    assert.notEqual(wrong.code, 0);
    const curious = await client('lpstat -a; lpstat -d; lpstat -o; echo x | lp', { CUPS_SERVER });
    assert.doesNotMatch(curious.output, /desk-5e0f3a/);
    assert.match(curious.output, /Forbidden/);
    await endsAtOnce(printer);
  },
);

test('the toolbox has a static busybox', { skip }, async () => {
  const { output } = await services.run('toolbox', { command: ['file', '-L', '/usr/bin/busybox'] });
  assert.match(output, /statically linked/);
});

test(
  'the database is created at the first start and survives a stop and a kill, with the current password',
  { skip },
  async () => {
    const uid = 999;
    const secret = services.secret('password', "it's one\n", uid);
    const db = await services.start('postgres', {
      uid,
      env: { POSTGRES_PASSWORD_FILE: '/run/deskpod/password' },
      mounts: {
        '/run/deskpod': secret,
        '/tmp': services.volume('db-tmp', uid),
        '/var/run/postgresql': services.volume('db-socket', uid),
        '/var/lib/postgresql/data': services.volume('db-data', uid),
      },
    });
    const ask = async (PGPASSWORD: string, sql: string) => {
      const host = await listening(db, 5432);
      const command = ['psql', '-h', host, '-U', 'deskpod', '-d', 'deskpod', '-Atc', sql];
      const { output } = await services.run('postgres', { uid, command, env: { PGPASSWORD, PGCONNECT_TIMEOUT: '60' } });
      return output.trim();
    };
    assert.match(await ask("it's one", "CREATE TABLE kept AS SELECT 'still here' AS words"), /SELECT 1/);
    assert.match(await ask('guess', 'SELECT 1'), /password authentication failed/);
    await endsAtOnce(db);
    await db.startAgain();
    await listening(db, 5432);
    await db.kill();
    await db.startAgain();
    assert.equal(await ask("it's one", 'SELECT words FROM kept'), 'still here');
  },
);

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

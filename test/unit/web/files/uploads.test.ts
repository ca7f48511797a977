/** Uploads: parts, resuming, conflicts, and the list that outlives a reload. The server is a fake that keeps bytes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ApiError, ConnectionError } from '#client/errors.ts';
import type { Choice } from '../../../../web/files/conflicts.ts';
import { type DroppedNode, gathered, treeOf } from '../../../../web/files/dropped.ts';
import { sendFile, type Reports, type UploadServer } from '../../../../web/files/send-file.ts';
import { SpeedMeter, timeLeft } from '../../../../web/files/speed.ts';
import {
  continued,
  inOrder,
  newUpload,
  restoredUploads,
  storedUploads,
  sumsOf,
  type Upload,
} from '../../../../web/files/upload-list.ts';

const PART = 'Docs/.deskpod-00.part';
const MB = 1024 * 1024;

/** Files by path. `faults` are thrown one by one, before (null: after) a request takes effect. */
class FakeServer implements UploadServer {
  readonly files = new Map<string, Uint8Array>();
  readonly folders = new Set<string>();
  readonly requests: string[] = [];
  faults: ('before' | 'after' | 'half' | null)[] = [];

  async sizeOfPart(path: string) {
    return await this.#request(`HEAD`, () => this.files.get(path)?.length ?? null);
  }

  async find(path: string) {
    return await this.#request('FIND', () => {
      const file = this.files.get(path);
      if (this.folders.has(path)) return { folder: true, size: 0 };
      return file ? { folder: false, size: file.length } : null;
    });
  }

  async put(path: string, content: Blob, from: number, of: number | null) {
    const body = new Uint8Array(await content.arrayBuffer());
    assert.match(path, /\.part$/, 'only unfinished uploads take parts');
    await this.#request('PUT', (share) => {
      const before = this.files.get(path) ?? new Uint8Array();
      if (from > before.length) throw refused(409);
      const taken = body.subarray(0, Math.floor(body.length * share));
      const after = new Uint8Array(Math.max(before.length, from + taken.length));
      after.set(before);
      after.set(taken, from);
      assert.ok(of === null || after.length <= of);
      this.files.set(path, after);
    });
  }

  async move(from: string, to: string, replace: boolean) {
    return await this.#request('MOVE', () => {
      const file = this.files.get(from);
      if (!file) throw refused(404);
      if (this.folders.has(to) || (this.files.has(to) && !replace)) return false;
      this.files.set(to, file);
      this.files.delete(from);
      return true;
    });
  }

  async remove(path: string) {
    await this.#request('DELETE', () => this.files.delete(path));
  }

  async #request<Value>(name: string, work: (share: number) => Value): Promise<Value> {
    this.requests.push(name);
    const fault = this.faults.shift() ?? null;
    if (fault === 'before') throw new ConnectionError('lost');
    const value = work(fault === 'half' ? 0.5 : 1);
    if (fault !== null) throw new ConnectionError('lost');
    return value;
  }
}

const refused = (status: number) =>
  new ApiError(status, { error: { code: status === 404 ? 'not_found' : 'conflict', message: `${status}` } });

const ALL = Uint8Array.from({ length: 10 * MB }, (_, at) => (at * 31 + (at >> 13)) & 255);

function content(size: number) {
  const bytes = ALL.subarray(0, size);
  return {
    size,
    bytes,
    slice: (from: number, to: number) => new Blob([bytes.slice(from, to)]),
    check: () => Promise.resolve(),
  };
}

function reports(choices: readonly Choice[] = []) {
  const left = [...choices];
  const seen: number[] = [];
  const asked: string[] = [];
  const made: Reports = {
    progress: (sent) => seen.push(sent),
    lost: () => {},
    conflict: (name) => {
      asked.push(name);
      return Promise.resolve(left.shift() ?? 'later');
    },
    wait: () => Promise.resolve(),
    pause: () => Promise.resolve(),
  };
  return { ...made, seen, asked };
}

const never = new AbortController().signal;
const LINK = { turn: () => 0, partBytes: 4 * MB, send: (_bytes: number, put: () => Promise<void>) => put() };
const send = (server: FakeServer, file: ReturnType<typeof content>, told = reports(), signal = never) =>
  sendFile({ name: 'a.bin', folder: 'Docs', part: PART, content: file, link: LINK }, server, told, signal);

test('a small file is sent whole and moved to its name', async () => {
  const server = new FakeServer();
  const file = content(1000);
  assert.deepEqual(await send(server, file), { end: 'done', path: 'Docs/a.bin' });
  assert.deepEqual(server.requests, ['PUT', 'MOVE']);
  assert.deepEqual(server.files.get('Docs/a.bin'), file.bytes);
  assert.equal(server.files.has(PART), false);
});

test('an empty file arrives, too', async () => {
  const server = new FakeServer();
  await send(server, content(0));
  assert.equal(server.files.get('Docs/a.bin')?.length, 0);
});

test('a large file is sent in parts, and goes on at what the server has', async () => {
  const server = new FakeServer();
  const file = content(10 * MB);
  server.files.set(PART, file.bytes.slice(0, 5 * MB));
  const told = reports();
  await send(server, file, told);
  assert.deepEqual(told.seen, [5 * MB, 9 * MB, 10 * MB]);
  assert.deepEqual(server.files.get('Docs/a.bin'), file.bytes);
});

test('a part that is longer than the file is not its own, and is removed', async () => {
  const server = new FakeServer();
  const file = content(5 * MB);
  server.files.set(PART, new Uint8Array(6 * MB));
  await send(server, file);
  assert.deepEqual(server.files.get('Docs/a.bin'), file.bytes);
});

test('whatever requests are lost, and whenever, the file arrives identical and nothing is left', async () => {
  const fault = fc.constantFrom('before' as const, 'after' as const, 'half' as const, null, null);
  await fc.assert(
    fc.asyncProperty(fc.array(fault, { maxLength: 16 }), fc.constantFrom(900, 5 * MB, 9 * MB), async (faults, size) => {
      const server = new FakeServer();
      server.faults = faults;
      const file = content(size);
      assert.deepEqual(await send(server, file), { end: 'done', path: 'Docs/a.bin' });
      assert.deepEqual([...server.files.keys()], ['Docs/a.bin']);
      assert.ok(Buffer.from(server.files.get('Docs/a.bin') ?? []).equals(file.bytes));
    }),
    { numRuns: 40 },
  );
});

test('if its part vanishes, a file is sent again from where the server has it', async () => {
  const server = new FakeServer();
  const file = content(10 * MB);
  let parts = 0;
  const put = server.put.bind(server);
  server.put = async (...sent) => {
    parts += 1;
    if (parts === 2) server.files.delete(PART);
    await put(...sent);
  };
  await send(server, file);
  assert.ok(Buffer.from(server.files.get('Docs/a.bin') ?? []).equals(file.bytes));
});

test('a folder that is gone ends the upload', async () => {
  const server = new FakeServer();
  server.put = () => Promise.reject(refused(409));
  await assert.rejects(send(server, content(5 * MB)), ApiError);
});

test('a taken name is asked about before a large file is sent, and nothing is sent if it is skipped', async () => {
  const server = new FakeServer();
  server.files.set('Docs/a.bin', new Uint8Array(3));
  assert.deepEqual(await send(server, content(5 * MB), reports(['skip'])), { end: 'skipped' });
  assert.equal(server.requests.includes('PUT'), false);
  assert.equal(server.files.get('Docs/a.bin')?.length, 3);
});

test('keep both finds the next free name', async () => {
  const server = new FakeServer();
  server.files.set('Docs/a.bin', new Uint8Array(3)).set('Docs/a (2).bin', new Uint8Array(3));
  assert.deepEqual(await send(server, content(10), reports(['both'])), { end: 'done', path: 'Docs/a (3).bin' });
});

test('replace replaces a file, and asks once', async () => {
  const server = new FakeServer();
  server.files.set('Docs/a.bin', new Uint8Array(3));
  const told = reports(['replace']);
  await send(server, content(5 * MB), told);
  assert.deepEqual([server.files.get('Docs/a.bin')?.length, told.asked.length], [5 * MB, 1]);
});

test('a name that was taken during the upload is asked about at its end; skipping removes what was sent', async () => {
  const server = new FakeServer();
  const told = reports(['skip']);
  server.files.set('Docs/a.bin', new Uint8Array(3));
  assert.deepEqual(await send(server, content(100), told), { end: 'skipped' });
  assert.deepEqual([...server.files.keys()], ['Docs/a.bin']);
});

test('a postponed question keeps what was sent', async () => {
  const server = new FakeServer();
  server.files.set('Docs/a.bin', new Uint8Array(3));
  assert.deepEqual(await send(server, content(100)), { end: 'later' });
  assert.equal(server.files.get(PART)?.length, 100);
});

test('a file that changed on this computer ends the upload at once', async () => {
  const server = new FakeServer();
  server.faults = ['before'];
  const changed = new DOMException('changed', 'NotReadableError');
  const file = { ...content(100), check: () => Promise.reject(changed) };
  await assert.rejects(send(server, file), changed);
});

test('no room and missing rights end the upload at once', async () => {
  for (const error of [refused(507), refused(403)]) {
    const server = new FakeServer();
    server.put = () => Promise.reject(error);
    await assert.rejects(send(server, content(100)), error);
  }
});

test('a server that never answers is given up after a bounded number of attempts', async () => {
  const server = new FakeServer();
  let attempts = 0;
  server.put = () => {
    attempts += 1;
    return Promise.reject(new ConnectionError('lost'));
  };
  await assert.rejects(send(server, content(100)), ConnectionError);
  assert.ok(attempts > 10 && attempts < 100);
});

test('a paused upload stops before its next request', async () => {
  const server = new FakeServer();
  const abort = new AbortController();
  const told = reports();
  const stops = { ...told, lost: () => abort.abort() };
  server.faults = ['before'];
  await assert.rejects(
    sendFile({ name: 'a', folder: '', part: PART, content: content(9), link: LINK }, server, stops, abort.signal),
  );
  assert.deepEqual(server.requests, ['PUT']);
});

const FILE = { name: 'a.bin', folder: 'Docs', size: 10, modified: 7 };
const upload = (state: 'done' | 'paused' | 'file_needed' | 'waiting', more: Partial<Upload> = {}): Upload => ({
  ...newUpload(FILE),
  ...more,
  status: state === 'done' ? { state, path: 'Docs/a.bin' } : { state },
});

test('unfinished uploads come back after a reload, and wait for their file', () => {
  const text = storedUploads([upload('waiting'), upload('done')]);
  const [restored, ...others] = restoredUploads(text);
  assert.deepEqual([restored?.name, restored?.status.state, others.length], ['a.bin', 'file_needed', 0]);
  assert.equal(storedUploads([upload('done')]), null);
});

test('a list that another page left damaged is ignored', () => {
  for (const text of [null, '', '{', '[{"name":1}]', '{"a":1}']) assert.deepEqual(restoredUploads(text), []);
});

test('the same file goes on where it was going, also if it is dropped elsewhere', () => {
  const waiting = upload('file_needed');
  assert.equal(continued([waiting], FILE), waiting);
  assert.equal(continued([waiting], { ...FILE, folder: 'Other' }), waiting);
  assert.equal(continued([waiting], { ...FILE, modified: 8 }), null);
  assert.equal(continued([upload('done')], FILE), null);
});

test('sums count what has arrived; what needs the user comes first', () => {
  const list = [upload('done'), upload('waiting', { sent: 4 }), upload('file_needed')];
  assert.deepEqual(sumsOf(list), { bytes: 30, sent: 14, count: 3, done: 1, active: 1, failed: 0 });
  assert.deepEqual(
    inOrder(list).map(({ status }) => status.state),
    ['file_needed', 'waiting', 'done'],
  );
});

test('the speed is that of the last seconds', () => {
  const meter = new SpeedMeter();
  for (let second = 0; second <= 20; second += 1) meter.add(second * 1000, second < 10 ? 0 : (second - 9) * 1000);
  assert.equal(Math.round(meter.speed(20_000) ?? 0), 1000);
  assert.equal(timeLeft(5_000, 1000), 5_000);
  assert.equal(timeLeft(5_000, null), null);
});

const leaf = (name: string): DroppedNode => ({
  name,
  file: () => Promise.resolve(new File(['x'], name)),
  children: null,
});
const branch = (name: string, ...children: readonly DroppedNode[]): DroppedNode => ({
  name,
  file: null,
  children: () => Promise.resolve(children),
});

test('a dropped folder is created from the outside in; names that can’t be are reported', async () => {
  const {
    folders,
    files,
    refused: bad,
  } = await gathered([branch('album', leaf('e\u0301.jpg'), branch('raw', leaf('1.nef'), leaf('a\nb'))), leaf('b.txt')]);
  assert.deepEqual(folders, ['album', 'album/raw']);
  assert.deepEqual(
    files.map(({ folder, name }) => `${folder}:${name}`),
    ['album:é.jpg', 'album/raw:1.nef', ':b.txt'],
  );
  assert.deepEqual(bad, ['a\nb']);
});

test('chosen files with relative paths are the folders that they lie in', async () => {
  const file = (path: string) => ({ path, file: new File(['x'], path) });
  const { folders, files } = await gathered(treeOf([file('a/b/1'), file('a/2'), file('3')]));
  assert.deepEqual(folders, ['a', 'a/b']);
  assert.deepEqual(
    files.map(({ folder, name }) => `${folder}:${name}`),
    ['a/b:1', 'a:2', ':3'],
  );
});

test('a dropped folder without end is cut', async () => {
  const endless: DroppedNode = { name: 'x', file: null, children: () => Promise.resolve([endless]) };
  assert.equal((await gathered([endless])).cut, true);
  assert.equal((await gathered([branch('y', ...Array.from({ length: 9 }, (_, at) => leaf(`${at}`)))], 5)).cut, true);
});

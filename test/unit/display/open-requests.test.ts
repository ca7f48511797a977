/** Requests of programs to open something: each property of the root window is reported once, whatever else is there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { XEvent } from 'x11';
import { OpenRequests } from '#display/open-requests.ts';
import { eventually } from '../../fakes/launches.ts';

const ROOT = 1;
const KNOWN = 7;

/** The root window of an X server. */
class FakeRoot {
  readonly root = ROOT;
  readonly names = new Map<number, string>([[KNOWN, '_NET_CLIENT_LIST']]);
  readonly values = new Map<number, Buffer>();
  namesAsked = 0;
  #listener: (event: XEvent) => void = () => {};

  write(name: string, value: string | Buffer): void {
    const atom = 100 + this.names.size;
    this.names.set(atom, name);
    this.values.set(atom, Buffer.from(value));
    this.#listener({ name: 'PropertyNotify', wid: ROOT, atom, state: 0 });
  }

  onEvent(listener: (event: XEvent) => void): () => void {
    this.#listener = listener;
    return () => {};
  }

  close(reason: Error | null = null): void {
    throw reason ?? new Error('closed');
  }

  async properties(): Promise<readonly number[]> {
    return [...this.values.keys()];
  }

  async atomName(atom: number): Promise<string | null> {
    this.namesAsked += 1;
    return this.names.get(atom) ?? null;
  }

  async takeProperty(_window: number, atom: number, maxBytes: number) {
    const data = this.values.get(atom);
    this.values.delete(atom);
    return data === undefined || data.length > maxBytes ? null : { type: 31, format: 8, bytesAfter: 0, data };
  }
}

function watched(root: FakeRoot): { requests: OpenRequests; texts: string[] } {
  const requests = new OpenRequests(root, { name: (atom) => (atom === KNOWN ? '_NET_CLIENT_LIST' : null) });
  const texts: string[] = [];
  requests.listen((text) => void texts.push(text));
  return { requests, texts };
}

test('requests of before and several at once are all reported, each once, and are gone', async () => {
  const root = new FakeRoot();
  root.write('_DESKPOD_OPEN_00', '/home/fry/before');
  const { requests, texts } = watched(root);
  for (let count = 0; count < 100; count += 1) root.write(`_DESKPOD_OPEN_a${count}`, `https://example.org/${count}`);
  await eventually(() => (texts.length === 101 ? true : undefined));
  assert.equal(new Set(texts).size, 101);
  assert.equal(root.values.size, 0);
  requests.stop();
});

test('other properties stay, and their names are asked for once', async () => {
  const root = new FakeRoot();
  root.write('RESOURCE_MANAGER', 'Xft.dpi: 96');
  const { requests, texts } = watched(root);
  root.write('_DESKPOD_OPEN_1', 'a');
  await eventually(() => (texts.length === 1 ? true : undefined));
  root.write('_DESKPOD_OPEN_2', 'b');
  await eventually(() => (texts.length === 2 ? true : undefined));
  assert.deepEqual(
    [...root.values.keys()].map((atom) => root.names.get(atom)),
    ['RESOURCE_MANAGER'],
  );
  assert.equal(root.namesAsked, 3);
  requests.stop();
});

test('what is too long is deleted without a report; what isn’t UTF-8 is reported as such', async () => {
  const root = new FakeRoot();
  const { requests, texts } = watched(root);
  root.write('_DESKPOD_OPEN_1', 'x'.repeat(4097));
  root.write('_DESKPOD_OPEN_2', Buffer.from([0xff]));
  await eventually(() => (texts.length === 1 ? true : undefined));
  assert.deepEqual([texts, root.values.size], [['\ufffd'], 0]);
  requests.stop();
});

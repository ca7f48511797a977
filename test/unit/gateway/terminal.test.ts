/** A terminal over a WebSocket: bytes, sizes, the end, and limits. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type Duplex, duplexPair, PassThrough } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { ParticipantEvents } from '#domain/debug/shared-terminal.ts';
import { acceptWebSocket } from '#gateway/accept.ts';
import { bridgeTerminal } from '#gateway/terminal.ts';
import { routeUpgrades } from '#gateway/upgrade.ts';
import { CloseCode } from '#protocol/screen.ts';
import { type ClientMessage, OUTPUT, ServerMessage } from '#protocol/terminal.ts';
import { piecesOf, WINDOW_BYTES } from '#protocol/terminal-flow.ts';

interface Stage {
  readonly ws: WebSocket;
  /** The server's side: destroying it hangs up on the command. */
  readonly stream: Duplex;
  /** The command's side of the terminal. */
  readonly command: Duplex;
  /** Standard error of a command without a terminal. */
  readonly stderr: PassThrough;
  readonly sizes: { columns: number; rows: number }[];
  readonly exit: (code: number | null) => void;
  /** Sends an event to the participant. */
  readonly news: (news: ParticipantEvents) => void;
  /** Received binary output and parsed messages. */
  readonly output: Buffer[];
  readonly messages: ServerMessage[];
}

function tell(ws: WebSocket, message: ClientMessage): void {
  ws.send(JSON.stringify(message));
}

async function stage(t: TestContext, { shared = false, tty = true } = {}): Promise<Stage> {
  const [stream, command] = duplexPair();
  command.on('error', () => {});
  const stderr = new PassThrough();
  const exit = Promise.withResolvers<number | null>();
  const sizes: { columns: number; rows: number }[] = [];
  let news: Stage['news'] = () => {};
  const onNews = (listener: Stage['news']): void => {
    news = listener;
    listener({ type: 'people', count: 2 });
  };
  const server = createServer();
  const routes = routeUpgrades(server, [
    {
      path: '/t',
      handle: async (request, socket, head) => {
        const resize = async (size: { columns: number; rows: number }) => void sizes.push(size);
        const exec = { stream, stderr: tty ? null : stderr, resize, exitCode: exit.promise };
        const ws = await acceptWebSocket(request, socket, head);
        bridgeTerminal(ws, { ...exec, ...(shared ? { onNews } : {}) }, { tagged: !tty });
      },
    },
  ]);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    routes.close();
    server.close();
  });
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const ws = new WebSocket(`ws://127.0.0.1:${port}/t`);
  const output: Buffer[] = [];
  const messages: ServerMessage[] = [];
  ws.on('message', (data, isBinary) => {
    if (!Buffer.isBuffer(data)) return;
    if (isBinary) output.push(data);
    else messages.push(ServerMessage.parse(JSON.parse(data.toString())));
  });
  await once(ws, 'open');
  return { ws, stream, command, stderr, sizes, exit: exit.resolve, news: (item) => news(item), output, messages };
}

test('input reaches the command, and its output reaches the browser', async (t) => {
  const { ws, command, output } = await stage(t);
  ws.send(Buffer.from('ls\r'));
  const [typed] = await once(command, 'data');
  assert.equal(String(typed), 'ls\r');
  command.write('file\r\n');
  await once(ws, 'message');
  assert.equal(Buffer.concat(output).toString(), 'file\r\n');
});

test('the terminal gets the size of the window', async (t) => {
  const { ws, sizes } = await stage(t);
  ws.send(JSON.stringify({ type: 'resize', columns: 120, rows: 40 }));
  ws.ping();
  await once(ws, 'pong');
  assert.deepEqual(sizes, [{ columns: 120, rows: 40 }]);
});

test('the end of the command is reported with its exit code, after its last output', async (t) => {
  const { ws, command, exit, output, messages } = await stage(t);
  command.end('bye');
  exit(3);
  const [code] = await once(ws, 'close');
  assert.equal(Buffer.concat(output).toString(), 'bye');
  assert.deepEqual(messages, [{ type: 'exit', exitCode: 3 }]);
  assert.equal(code, CloseCode.normal);
});

test("a browser that disconnects ends the command's terminal", async (t) => {
  const { ws, command } = await stage(t);
  ws.close();
  command.resume();
  await once(command, 'end', { signal: AbortSignal.timeout(5000) });
});

test('an invalid message is refused with an explanation, and so are invalid sizes', async (t) => {
  for (const text of [
    'nonsense',
    '{"type":"exit","exitCode":0}',
    '{"type":"resize","columns":0,"rows":5}',
    '{"type":"taken","bytes":-1}',
    '7'.repeat(5000),
  ]) {
    const { ws, sizes, messages } = await stage(t);
    ws.send(text);
    const [code] = await once(ws, 'close');
    assert.equal(code, CloseCode.protocol);
    assert.deepEqual(sizes, []);
    assert.match(JSON.stringify(messages[0]), /Only resize, end and taken messages/);
  }
});

test('without a terminal, standard output and standard error are separate, and both come before the end', async (t) => {
  const { ws, command, stderr, exit, output, messages } = await stage(t, { tty: false });
  command.write('out');
  stderr.end('err');
  exit(7);
  command.end('more');
  await once(ws, 'close');
  const of = (tag: number) =>
    Buffer.concat(output.filter(([first]) => first === tag).map((piece) => piece.subarray(1))).toString();
  assert.deepEqual([of(OUTPUT.stdout), of(OUTPUT.stderr)], ['outmore', 'err']);
  assert.deepEqual(messages.at(-1), { type: 'exit', exitCode: 7 });
});

test('the end of input reaches the command, whose output continues', async (t) => {
  const { ws, command, stderr, exit, output } = await stage(t, { tty: false });
  ws.send(Buffer.from('last words'));
  tell(ws, { type: 'end' });
  let heard = '';
  for await (const piece of command.iterator({ destroyOnReturn: false })) heard += String(piece);
  assert.equal(heard, 'last words');
  command.end('answer');
  stderr.end();
  exit(0);
  await once(ws, 'close');
  assert.equal(Buffer.concat(output).toString().slice(1), 'answer');
});

test('in a terminal, the end of input is sent as Ctrl-D', async (t) => {
  const { ws, command } = await stage(t);
  tell(ws, { type: 'end' });
  const [typed] = await once(command, 'data');
  assert.equal(String(typed), '\u0004');
});

test('a sender learns how much the command has read, and can disconnect from one that reads nothing', async (t) => {
  const { ws, stream, command, messages } = await stage(t, { tty: false });
  const piece = Buffer.alloc(64 * 1024);
  for (let sent = 0; sent < WINDOW_BYTES; sent += piece.length) ws.send(piece);
  const taken = (): number => messages.reduce((sum, one) => sum + (one.type === 'taken' ? one.bytes : 0), 0);
  ws.ping();
  await once(ws, 'pong');
  assert.ok(taken() < WINDOW_BYTES, `${taken()} confirmed without a reader`);
  command.resume();
  while (taken() < WINDOW_BYTES) await once(ws, 'message', { signal: AbortSignal.timeout(5000) });
  assert.equal(taken(), WINDOW_BYTES);
  // The server notices the disconnect although the command reads nothing.
  command.pause();
  ws.send(piece);
  ws.close();
  await once(stream, 'close', { signal: AbortSignal.timeout(5000) });
});

test('a client that confirms output gets no more than one window beyond that', async (t) => {
  const { ws, command, output } = await stage(t);
  tell(ws, { type: 'taken', bytes: 0 });
  ws.ping();
  await once(ws, 'pong');
  const all = Buffer.alloc(4 * WINDOW_BYTES);
  for (const piece of piecesOf(Uint8Array.from(all))) command.write(piece);
  command.end();
  const received = (): number => output.reduce((sum, { length }) => sum + length, 0);
  while (received() < WINDOW_BYTES) await once(ws, 'message', { signal: AbortSignal.timeout(5000) });
  ws.ping();
  await once(ws, 'pong');
  assert.ok(received() < WINDOW_BYTES + 128 * 1024, `${received()} unconfirmed`);
  let told = 0;
  while (received() < all.length) {
    tell(ws, { type: 'taken', bytes: received() - told });
    told = received();
    await once(ws, 'message', { signal: AbortSignal.timeout(5000) });
  }
});

test('a command with a broken connection is reported with a message', async (t) => {
  const { ws, stderr, command, exit, messages } = await stage(t, { tty: false });
  stderr.destroy(new Error('cable pulled'));
  command.end();
  exit(null);
  await once(ws, 'close');
  assert.deepEqual(messages, [
    { type: 'error', message: 'The terminal failed: cable pulled' },
    { type: 'exit', exitCode: null },
  ]);
});

test('a message with more than 1 MiB of input closes the terminal', async (t) => {
  const { ws } = await stage(t);
  ws.send(Buffer.alloc(1024 * 1024 + 1));
  const [code] = await once(ws, 'close');
  assert.equal(code, CloseCode.tooBig);
});

test('a command that prints faster than the browser reads is paused', async (t) => {
  const { ws, command } = await stage(t);
  ws.pause();
  const chunk = Buffer.alloc(64 * 1024);
  let sent = 0;
  while (sent < 64 * 1024 * 1024 && command.writableLength < 1024 * 1024) {
    command.write(chunk);
    sent += chunk.length;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(sent < 64 * 1024 * 1024, 'the command was never paused');
  ws.terminate();
});

test('events of a shared terminal are sent as messages', async (t) => {
  const { messages, news, ws } = await stage(t, { shared: true });
  if (messages.length === 0) await once(ws, 'message');
  news({ type: 'ending', endsAt: '2026-01-01T00:00:00.000Z' });
  await once(ws, 'message');
  assert.deepEqual(messages, [
    { type: 'people', count: 2 },
    { type: 'ending', endsAt: '2026-01-01T00:00:00.000Z' },
  ]);
});

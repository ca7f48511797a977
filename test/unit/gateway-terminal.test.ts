/** A terminal over a WebSocket: bytes, sizes, the end, and bounds. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { SeatNews } from '#domain/debug/shared-terminal.ts';
import { acceptWebSocket } from '#gateway/accept.ts';
import { bridgeTerminal } from '#gateway/terminal.ts';
import { routeUpgrades } from '#gateway/upgrade.ts';
import { CloseCode } from '#protocol/screen.ts';
import { TerminalMessage } from '#protocol/terminal.ts';

interface Stage {
  readonly ws: WebSocket;
  /** The command's side of the terminal. */
  readonly command: Duplex;
  readonly sizes: { columns: number; rows: number }[];
  readonly exit: (code: number | null) => void;
  /** Tells the seat something. */
  readonly news: (news: SeatNews) => void;
  /** Binary output and parsed messages, as they came. */
  readonly output: Buffer[];
  readonly messages: TerminalMessage[];
}

async function stage(t: TestContext, { shared = false } = {}): Promise<Stage> {
  const [stream, command] = duplexPair();
  command.on('error', () => {});
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
        bridgeTerminal(await acceptWebSocket(request, socket, head), {
          stream,
          resize,
          exitCode: exit.promise,
          ...(shared ? { onNews } : {}),
        });
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
  const messages: TerminalMessage[] = [];
  ws.on('message', (data, isBinary) => {
    if (!Buffer.isBuffer(data)) return;
    if (isBinary) output.push(data);
    else messages.push(TerminalMessage.parse(JSON.parse(data.toString())));
  });
  await once(ws, 'open');
  return { ws, command, sizes, exit: exit.resolve, news: (item) => news(item), output, messages };
}

test('what is typed reaches the command, what it prints reaches the browser', async (t) => {
  const { ws, command, output } = await stage(t);
  ws.send(Buffer.from('ls\r'));
  const [typed] = await once(command, 'data');
  assert.equal(String(typed), 'ls\r');
  command.write('file\r\n');
  await once(ws, 'message');
  assert.equal(Buffer.concat(output).toString(), 'file\r\n');
});

test('the size of the window becomes the size of the terminal', async (t) => {
  const { ws, sizes } = await stage(t);
  ws.send(JSON.stringify({ type: 'resize', columns: 120, rows: 40 }));
  ws.ping();
  await once(ws, 'pong');
  assert.deepEqual(sizes, [{ columns: 120, rows: 40 }]);
});

test('the end of the command is told with its exit code, after its last output', async (t) => {
  const { ws, command, exit, output, messages } = await stage(t);
  command.end('bye');
  exit(3);
  const [code] = await once(ws, 'close');
  assert.equal(Buffer.concat(output).toString(), 'bye');
  assert.deepEqual(messages, [{ type: 'exit', exitCode: 3 }]);
  assert.equal(code, CloseCode.normal);
});

test("a browser that leaves ends the command's terminal", async (t) => {
  const { ws, command } = await stage(t);
  ws.close();
  command.resume();
  await once(command, 'end', { signal: AbortSignal.timeout(5000) });
});

test('what is no resize message closes the terminal, and sizes out of bounds are no sizes', async (t) => {
  for (const text of [
    'nonsense',
    '{"type":"exit","exitCode":0}',
    '{"type":"resize","columns":0,"rows":5}',
    '7'.repeat(5000),
  ]) {
    const { ws, sizes } = await stage(t);
    ws.send(text);
    const [code] = await once(ws, 'close');
    assert.equal(code, CloseCode.protocol);
    assert.deepEqual(sizes, []);
  }
});

test('a message of more than 1 MiB of input closes the terminal', async (t) => {
  const { ws } = await stage(t);
  ws.send(Buffer.alloc(1024 * 1024 + 1));
  const [code] = await once(ws, 'close');
  assert.equal(code, CloseCode.tooBig);
});

test('a command that prints faster than the browser reads is held back', async (t) => {
  const { ws, command } = await stage(t);
  ws.pause();
  const chunk = Buffer.alloc(64 * 1024);
  let sent = 0;
  while (sent < 64 * 1024 * 1024 && command.writableLength < 1024 * 1024) {
    command.write(chunk);
    sent += chunk.length;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(sent < 64 * 1024 * 1024, 'the command was never held back');
  ws.terminate();
});

test('what people at a shared terminal are told comes as messages', async (t) => {
  const { messages, news, ws } = await stage(t, { shared: true });
  if (messages.length === 0) await once(ws, 'message');
  news({ type: 'ending', endsAt: '2026-01-01T00:00:00.000Z' });
  await once(ws, 'message');
  assert.deepEqual(messages, [
    { type: 'people', count: 2 },
    { type: 'ending', endsAt: '2026-01-01T00:00:00.000Z' },
  ]);
});

/** The slow link of the bench: what it does to packets, and to a connection. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { Bottleneck } from '../../../bench/bottleneck.ts';
import { SlowLink } from '../../../bench/slow-link.ts';

const MEGABIT = 125_000;

test('packets leave one after the other, and arrive later by the delay', () => {
  const link = new Bottleneck({ bytesPerSecond: 8 * MEGABIT, delayMs: 20, queueMs: 100 });
  assert.equal(link.join(1_000, 500), 521);
  assert.equal(link.join(2_000, 500), 523);
  assert.equal(link.join(1_000, 600), 621);
});

test('the queue takes the next packet when less than its length waits', () => {
  const link = new Bottleneck({ bytesPerSecond: 8 * MEGABIT, delayMs: 20, queueMs: 100 });
  link.join(100_000, 0);
  assert.equal(link.fullFor(0), 0);
  link.join(30_000, 0);
  assert.equal(link.fullFor(0), 30);
  assert.equal(link.fullFor(20), 10);
  assert.equal(link.fullFor(31), 0);
});

test('what passes the link arrives complete and in order, in both directions, and so does its end', async () => {
  const server = createServer({ allowHalfOpen: true }, (socket) => void socket.pipe(socket));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  await using link = await SlowLink.to(`http://127.0.0.1:${address.port}`, {
    bytesPerSecond: 800 * MEGABIT,
    delayMs: 1,
    queueMs: 5,
  });
  const sent = Buffer.from(Array.from({ length: 300_000 }, (_, at) => at % 251));
  const sockets = [1, 2].map(() => connect(Number(new URL(link.address).port), '127.0.0.1'));
  for (const socket of sockets) socket.end(sent);
  for (const received of await Promise.all(sockets.map(read))) assert.deepEqual(received, sent);
  server.close();
});

async function read(socket: Socket): Promise<Buffer> {
  const pieces: Buffer[] = [];
  socket.on('data', (piece: Buffer) => pieces.push(piece));
  await once(socket, 'end');
  return Buffer.concat(pieces);
}

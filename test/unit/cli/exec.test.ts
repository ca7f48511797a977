/** `deskpod exec`: input, output and the exit code of a command, by the messages of its WebSocket. */
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { PIECE_BYTES, WINDOW_BYTES } from '#protocol/terminal-flow.ts';
import { commandLine, LAUNCH, recordingServer } from '../../fakes/command-line.ts';

test('a command runs in a launch with input, output and its exit code', async (context) => {
  const { address, heard } = await recordingServer(context, {}, (socket) => {
    let input = '';
    socket.on('message', (data, isBinary) => {
      if (isBinary && Buffer.isBuffer(data)) input += data.toString();
      else if (Buffer.isBuffer(data) && data.toString() === '{"type":"end"}') {
        socket.send(Buffer.from(`\u0001echo ${input}`));
        socket.send(Buffer.from('\u0002complained'));
        socket.send(JSON.stringify({ type: 'exit', exitCode: 7 }));
      }
    });
  });
  const { deskpod } = await commandLine(context);
  const { code, out, err } = await deskpod(
    ['exec', '-i', '--server', address, '--token', 't', LAUNCH.id, '--', 'cat', '-n'],
    'typed',
  );
  assert.deepEqual([code, out, err], [7, 'echo typed', 'complained']);
  assert.deepEqual(
    [heard[0]?.url, heard[0]?.authorization],
    [`/api/v1/terminal?columns=80&rows=24&tty=0&launch=${LAUNCH.id}&command=cat&command=-n`, 'Bearer t'],
  );
});

test('input is read only as far as the server accepts it, and not at all without -i', async (context) => {
  const large = 'x'.repeat(3 * WINDOW_BYTES);
  const received = { bytes: 0, most: 0, taken: 0, ends: 0 };
  const { address } = await recordingServer(context, {}, (socket) => {
    const take = (): void => {
      received.most = Math.max(received.most, received.bytes - received.taken);
      socket.send(JSON.stringify({ type: 'taken', bytes: received.bytes - received.taken }));
      received.taken = received.bytes;
    };
    socket.on('message', (data, isBinary) => {
      if (!Buffer.isBuffer(data)) return;
      if (isBinary) received.bytes += data.length;
      // Confirms nothing until no more input arrives.
      if (isBinary && received.bytes - received.taken >= WINDOW_BYTES) setTimeout(take, 50);
      if (!isBinary && data.toString() === '{"type":"end"}') {
        received.ends += 1;
        socket.send(JSON.stringify({ type: 'exit', exitCode: 0 }));
      }
    });
  });
  const { deskpod } = await commandLine(context);
  const warnings: Error[] = [];
  const warn = (warning: Error): void => void warnings.push(warning);
  process.on('warning', warn);
  context.after(() => process.off('warning', warn));
  const server = ['--server', address, '--token', 't', LAUNCH.id, '--', 'cat'];
  assert.equal((await deskpod(['exec', '-i', ...server], large)).code, 0);
  assert.equal(received.bytes, large.length);
  assert.ok(received.most <= WINDOW_BYTES + PIECE_BYTES && received.ends === 1, `${received.most}`);
  assert.equal((await deskpod(['exec', ...server], large)).code, 0);
  assert.deepEqual([received.bytes, received.ends, warnings], [large.length, 2, []]);
});

test('an end that is reported before all output is printed is not a lost connection', async (context) => {
  const { address } = await recordingServer(context, {}, (socket) => {
    socket.send(Buffer.concat([Buffer.of(1), Buffer.alloc(WINDOW_BYTES, 'x')]));
    socket.send(JSON.stringify({ type: 'exit', exitCode: 0 }));
    socket.close();
    socket.once('close', () => setTimeout(() => slow.resolve(), 100));
  });
  // Blocks the reader until the connection is closed.
  const slow = Promise.withResolvers<void>();
  const stdout = new PassThrough({
    transform: async (chunk, _encoding, done) => {
      await slow.promise;
      done(null, chunk);
    },
  });
  const { deskpod } = await commandLine(context);
  const { code, out, err } = await deskpod(
    ['exec', '--server', address, '--token', 't', LAUNCH.id, '--', 'x'],
    '',
    stdout,
  );
  assert.deepEqual([code, out.length, err], [0, WINDOW_BYTES, '']);
});

test('a command in an unknown launch fails with a message', async (context) => {
  const { address } = await recordingServer(context, {});
  const { deskpod } = await commandLine(context);
  const refused = await deskpod(['exec', '--server', address, '--token', 't', 'none', 'ls']);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /^deskpod: The server refused/);
  const noTerminal = await deskpod(['exec', '-it', '--server', address, '--token', 't', 'none', 'ls']);
  assert.equal(noTerminal.code, 2);
});

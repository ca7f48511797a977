/** `deskpod run --wait`: waits for the end of an app, prints the end of its log and exits with its exit code. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { commandLine, LAUNCH, recordingServer } from '../../fakes/command-line.ts';

const DETAIL = {
  ...LAUNCH,
  environment: {},
  requested: { env: {}, args: [] },
  hints: [{ id: 'mit-shm', title: 'MIT-SHM', explanation: 'Run it beside the desktop.', remedies: [], anchor: null }],
};
const RUNNING = { ...DETAIL, status: { state: 'running' }, hints: [] };

/** A launch that has ended at the second request, with this log. */
function aWaitedFor(over: object, ...lines: string[]) {
  let looks = 0;
  const json = (response: ServerResponse, body: object) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  return {
    'POST /api/v1/launches': RUNNING,
    [`GET /api/v1/launches/${LAUNCH.id}`]: (response: ServerResponse) => json(response, looks++ === 0 ? RUNNING : over),
    'GET /api/v1/events': (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify({ type: 'launch', launch: over })}\n\n`);
    },
    [`GET /api/v1/launches/${LAUNCH.id}/log/stream`]: (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const line = (text: string) => `data: ${JSON.stringify({ at: null, stream: 'stderr', text })}\n\n`;
      response.end(`${lines.map(line).join('')}event: end\ndata: {}\n\n`);
    },
  };
}

test('run --wait prints the end of the log and exits with the exit code of the app', async (context) => {
  const { address } = await recordingServer(context, aWaitedFor(DETAIL, 'BadRequest'));
  const { deskpod } = await commandLine(context);
  const flags = ['--wait', '--server', address, '--token', 't'];
  const { code, out, err } = await deskpod(['run', ...flags, 'paint']);
  assert.deepEqual([code, out], [1, 'BadRequest\n']);
  assert.match(
    err,
    /^Started hermes-app-paint-4dd6f\. .*\ndeskpod: paint ended with an error \(exit code 1\)\. MIT-SHM: Run it/,
  );
});

test('run --wait --json prints one document: how the launch ended, with its log', async (context) => {
  const over = { ...DETAIL, hints: [], status: { ...DETAIL.status, reason: 'completed', exitCode: 0 } };
  const { address } = await recordingServer(context, aWaitedFor(over, 'one', 'two'));
  const { deskpod } = await commandLine(context);
  const { code, out } = await deskpod(['run', '--wait', '--json', '--server', address, '--token', 't', 'paint']);
  const { status, log } = JSON.parse(out);
  assert.deepEqual([code, status.exitCode, log.map(({ text }: { text: string }) => text)], [0, 0, ['one', 'two']]);
});

test('run --wait of an app that does not start prints the reason and the hint, and fails', async (context) => {
  const message = 'The image paint:1 cannot be pulled.';
  const over = { ...DETAIL, status: { ...DETAIL.status, reason: 'start_failed', exitCode: null, message } };
  const { address } = await recordingServer(context, aWaitedFor(over));
  const { deskpod } = await commandLine(context);
  const { code, out, err } = await deskpod(['run', '--wait', '--server', address, '--token', 't', 'paint']);
  assert.deepEqual([code, out], [1, '']);
  assert.match(err, /paint did not start\. The image paint:1 cannot be pulled\. MIT-SHM: Run it beside the desktop\./);
});

test('a log and a message of an app cannot control the terminal', async (context) => {
  const message = 'no \u001B]0;title\u0007\u202Eeman';
  const over = { ...DETAIL, hints: [], status: { ...DETAIL.status, reason: 'start_failed', exitCode: null, message } };
  const { address } = await recordingServer(context, aWaitedFor(over, 'a\u001B[2Jb', 'c\u009B31md'));
  const { deskpod } = await commandLine(context);
  const { out, err } = await deskpod(['run', '--wait', '--server', address, '--token', 't', 'paint']);
  assert.equal(out, 'ab\ncd\n');
  assert.doesNotMatch(err, /(?!\n)\p{Cc}|\u202E/u);
});

test('Ctrl-C ends run --wait and leaves the app running, with a message', async (context) => {
  const answers = aWaitedFor(RUNNING);
  const { address, heard } = await recordingServer(context, answers);
  const { deskpod, interrupt } = await commandLine(context);
  const running = deskpod(['run', '--wait', '--server', address, '--token', 't', 'paint']);
  while (!heard.some(({ url }) => url.endsWith(LAUNCH.id))) await new Promise(setImmediate);
  interrupt();
  const { code, out, err } = await running;
  assert.deepEqual([code, out], [130, '']);
  assert.match(err, /paint is still running\. To stop it: deskpod stop hermes-app-paint-4dd6f/);
  assert.ok(!heard.some(({ url }) => url.endsWith('/stop')));
});

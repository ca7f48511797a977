/** `deskpod logs`: colours on a terminal, plain text elsewhere, and no other control sequences. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { commandLine, recordingServer } from '../../fakes/command-line.ts';

const ID = 'hermes-app-paint-4dd6f';
/** Sent unfiltered by an older server. */
const HOSTILE = '\u001B]0;title\u0007\u001B[31mred\u001B[2J\u001B[5A';
const [RED, PLAIN] = ['\u001B[31mred\u001B[0m', 'red'];

async function logs(context: TestContext, options: readonly string[], terminal: boolean) {
  const skipped = { lines: 12_345, bytes: 4_200_000 };
  const messages = [
    { at: null, stream: 'stdout', text: HOSTILE },
    { at: null, stream: 'stderr', text: '… 12,345 lines (4.2 MB) skipped …', skipped },
  ];
  const { address, heard } = await recordingServer(context, {
    [`GET /api/v1/launches/${ID}/log/stream`]: (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const message of messages) response.write(`data: ${JSON.stringify(message)}\n\n`);
      response.end('event: end\ndata: {}\n\n');
    },
    [`GET /api/v1/launches/${ID}/log`]: (response: ServerResponse) => response.end(`${HOSTILE}\nend\n`),
  });
  const { deskpod } = await commandLine(context);
  const args = ['logs', ID, ...options, '--server', address, '--token', 't'];
  const ran = await deskpod(args, terminal ? new PassThrough() : '');
  return { ...ran, asked: heard.at(-1)?.url };
}

for (const [options, terminal, shown] of [
  [[], true, RED],
  [[], false, PLAIN],
  [['--color=auto'], true, RED],
  [['--color=never'], true, PLAIN],
  [['--color=always'], false, RED],
] as const) {
  const where = `${options.join('')} ${terminal ? 'on a terminal' : 'into a pipe'}`.trim();
  test(`the log is printed ${shown === RED ? 'with' : 'without'} its colours ${where}, and without other sequences`, async (context) => {
    const past = await logs(context, options, terminal);
    assert.deepEqual([past.code, past.out], [0, `${shown}\nend\n`]);
    assert.equal(past.asked, `/api/v1/launches/${ID}/log${shown === RED ? '?colors=true' : ''}`);
    const followed = await logs(context, ['-f', ...options], terminal);
    assert.deepEqual([followed.code, followed.out], [0, `${shown}\n`]);
  });
}

test('a gap in the log is reported on standard error', async (context) => {
  const { out, err } = await logs(context, ['-f'], false);
  assert.deepEqual([out, err], ['red\n', '… 12,345 lines (4.2 MB) skipped …\n']);
});

test('an invalid value for the colours is refused with the valid ones', async (context) => {
  const { code, err } = await logs(context, ['--color=sometimes'], true);
  assert.equal(code, 2);
  assert.match(err, /Allowed choices are always, auto, never/);
});

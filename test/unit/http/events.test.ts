/** Events for a new page about debug sessions, and about changes in an inspected desktop. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { ServerEvent } from '#protocol/events.ts';
import { Inspection } from '#protocol/inspect.ts';
import { type DebugStage, debugStage, type Person } from '../../fakes/debug.ts';

/** Reads a stream of events until one matches. */
async function read<T extends z.ZodType>(
  { api }: DebugStage,
  { token }: Person,
  path: string,
  schema: T,
  fits: (events: z.output<T>[]) => boolean,
): Promise<z.output<T>[]> {
  const address = api.app.server.listening ? addressOf(api) : await api.app.listen({ host: '127.0.0.1', port: 0 });
  const reader = new AbortController();
  const signal = AbortSignal.any([reader.signal, AbortSignal.timeout(10_000)]);
  const reply = await fetch(`${address}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` }, signal });
  assert.ok(reply.body);
  const events: z.output<T>[] = [];
  let rest = '';
  for await (const piece of reply.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + piece).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (data !== undefined) events.push(schema.parse(JSON.parse(data)));
    }
    if (fits(events)) break;
  }
  reader.abort();
  return events;
}

function addressOf({ app }: DebugStage['api']): string {
  const { port } = z.object({ port: z.number() }).parse(app.server.address());
  return `http://127.0.0.1:${port}`;
}

test("a new page gets requests for its user, and debug sessions during the user's absence", async () => {
  await using stage = await debugStage();
  const desktop = await stage.fry.startDesktop();
  const over = await stage.admin.ask('toolboxes', { desktop, reason: 'audit' });
  await stage.until(over.id, 'running');
  await stage.admin.act(over.id, 'end');
  const asked = await stage.support.ask('toolboxes', { desktop, reason: 'slow' });
  const sessions = (events: z.output<typeof ServerEvent>[]) =>
    events.flatMap((event) => (event.type === 'debug' ? [event.session] : []));
  const events = await read(stage, stage.fry, '/events', ServerEvent, (all) => sessions(all).length === 2);
  assert.deepEqual(
    sessions(events).map(({ id, status }) => [id, status.state]),
    [
      [over.id, 'ended'],
      [asked.id, 'asking'],
    ],
  );
  await stage.fry.send('POST', `/debug/${over.id}/seen`, {});
  const again = await read(stage, stage.fry, '/events', ServerEvent, (all) => sessions(all).length === 2);
  assert.deepEqual(
    sessions(again).map(({ id, seen }) => [id, seen]),
    [
      [over.id, true],
      [asked.id, false],
    ],
  );
});

test('the state of a desktop is sent again only when it changes', async () => {
  await using stage = await debugStage();
  const desktop = await stage.fry.startDesktop();
  const { debug } = stage.api.engine;
  let looks = 0;
  debug.inspect = async () => {
    looks += 1;
    const entries = { finished: looks < 3 ? 0 : 1, most: null };
    return { desktopId: desktop, userId: 'fry', containers: [], entries, size: null };
  };
  const path = `/desktops/${desktop}/inspect/stream`;
  const shown = await read(stage, stage.fry, path, Inspection, (all) => all.length === 2);
  assert.deepEqual(
    shown.map(({ entries }) => entries.finished),
    [0, 1],
  );
  assert.ok(looks >= 3);
});

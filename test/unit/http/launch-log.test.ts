/** A followed log ends with its launch, however the launch ends; only real failures are logged. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeskpodError } from '#domain/errors.ts';
import type { Engine } from '#domain/ports/engine.ts';
import { createEvents } from '#events';
import { debugStage, type DebugStage } from '../../fakes/debug.ts';

/** Follows a log until it breaks off as `fail` says. */
async function following(fail: (stage: DebugStage, id: string) => Promise<Error>) {
  const failures: string[] = [];
  const events = {
    ...createEvents({ level: 'silent', format: 'json' }),
    failed: (what: string) => void failures.push(what),
  };
  await using stage = await debugStage({ events });
  await stage.fry.startDesktop();
  const { id } = await stage.fry.launch();
  const { engine } = stage.api;
  const past = engine.logs.bind(engine);
  const logs: Engine['logs'] = async function* (target, { follow }) {
    if (!follow) return yield* past(target);
    yield { at: null, stream: 'stdout', text: 'hello' } as const;
    throw await fail(stage, id);
  };
  Object.assign(engine, { logs });
  const { text } = await stage.fry.send('GET', `/launches/${id}/log/stream`);
  assert.match(text, /"hello"/);
  return { text, failures, id };
}

test('followers of a launch whose container was just removed get the end with the launch, and nothing is logged', async () => {
  let isRemoved = false;
  const { text, failures } = await following(async ({ api: { context, engine } }, id) => {
    if (!isRemoved) setImmediate(() => void context.launches.seen(engine.finish(id, { exitCode: 0 })));
    isRemoved = true;
    return new DeskpodError('not_found', 'There is no game.');
  });
  assert.match(text, /event: end/);
  assert.deepEqual(failures, []);
});

test('a log that is followed before the engine knows the new container starts when it does', async () => {
  let attempts = 0;
  await using stage = await debugStage({});
  await stage.fry.startDesktop();
  const { id } = await stage.fry.launch();
  const logs: Engine['logs'] = async function* () {
    attempts += 1;
    if (attempts < 3) throw new DeskpodError('not_found', 'There is no game.');
    yield { at: null, stream: 'stdout', text: 'hello' } as const;
  };
  Object.assign(stage.api.engine, { logs });
  const { text } = await stage.fry.send('GET', `/launches/${id}/log/stream`);
  assert.match(text, /"hello"[^]*event: end/);
});

test('so do those of a launch that ended just before the engine fails', async () => {
  const { text, failures } = await following(async ({ api: { context, engine } }, id) => {
    await context.launches.seen(engine.finish(id, { exitCode: 0 }));
    return new Error('socket hang up');
  });
  assert.match(text, /event: end/);
  assert.deepEqual(failures, []);
});

test('a log that cannot be followed any further is logged and breaks off', async () => {
  const { text, failures, id } = await following(
    async () => new DeskpodError('engine_unavailable', 'The engine is away.'),
  );
  assert.doesNotMatch(text, /event: end/);
  assert.deepEqual(failures, [`following the log of ${id}`]);
});

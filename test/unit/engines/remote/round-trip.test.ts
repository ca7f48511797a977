/** Values keep their meaning on the way: dates, maps, nothing and null. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { z } from 'zod';
import type { ToolboxSpec } from '#domain/ports/debug-engine.ts';
import type { LaunchSpec } from '#domain/ports/engine-launch.ts';
import { DebugProfile } from '#protocol/debug.ts';
import { parsed } from '#engines/remote/answers.ts';
import { DEBUG } from '#engines/remote/debug-protocol.ts';
import { ENGINE } from '#engines/remote/protocol.ts';
import * as results from '#engines/remote/results.ts';
import { encode, encodeParams } from '#engines/remote/method.ts';
import { COPY, DESKTOP, LAUNCH, TOOLBOX } from './samples.ts';

function over<T>(schema: z.ZodType<T>, value: T): T {
  const sent = JSON.stringify({ value: encode(schema, value) });
  const { value: got }: { value?: unknown } = JSON.parse(sent);
  return parsed('a test', schema, got);
}

function keeps<T>(schema: z.ZodType<T>, values: fc.Arbitrary<T>): void {
  fc.assert(fc.property(values, (value) => assert.deepEqual(over(schema, value), value)));
}

const text = fc.string({ unit: 'binary' });
const plain = { noNullPrototype: true } as const;
const maybe = fc.option(text, { nil: null });
const moment = fc.date({ noInvalidDate: true });
const count = fc.nat();
const maybeCount = fc.option(count, { nil: null });
const endpoint = fc.option(fc.record({ host: text, port: count }, plain), { nil: null });

const state = fc.oneof(
  fc.record({ state: fc.constant('starting' as const), waiting: maybe }, plain),
  fc.record({ state: fc.constant('running' as const) }, plain),
  fc.record(
    {
      state: fc.constant('finished' as const),
      exitCode: maybeCount,
      outOfMemory: fc.boolean(),
      finishedAt: moment,
      message: maybe,
    },
    plain,
  ),
);
const launch = fc.record(
  {
    id: text,
    desktopId: text,
    userId: text,
    runtime: fc.constantFrom('ephemeral_container' as const, 'pod_application' as const),
    status: state,
    startedAt: moment,
    image: text,
    imageDigest: maybe,
    hostname: text,
    memoryKill: fc.boolean(),
  },
  plain,
);
const desktop = fc.record(
  {
    id: text,
    userId: text,
    state: fc.constantFrom('running' as const, 'ended' as const),
    createdAt: moment,
    regional: fc.record({ timezone: maybe, languages: fc.array(text) }, plain),
    address: maybe,
    node: maybe,
    screen: endpoint,
    services: fc.record(
      { files: endpoint, sound: endpoint, printer: endpoint, video: endpoint },
      { ...plain, requiredKeys: [] },
    ),
    shared: fc.array(text),
    uid: text,
    entries: fc.record({ finished: count, most: maybeCount }, plain),
    home: fc.constantFrom('kept' as const, 'lost' as const),
  },
  plain,
);

test('desktops, launches, toolboxes and events arrive as they are', () => {
  keeps(results.EngineDesktop, desktop);
  keeps(results.EngineLaunch, launch);
  keeps(
    results.EngineEvent,
    fc.oneof(
      fc.record({ type: fc.constant('desktop' as const), desktop }, plain),
      fc.record({ type: fc.constant('launch' as const), launch }, plain),
      fc.record({ type: fc.constant('desktop_gone' as const), id: text }, plain),
      fc.record({ type: fc.constant('launch_gone' as const), id: text, desktopId: text }, plain),
    ),
  );
  const target = fc.record(
    { desktopId: text, launchId: text, container: text },
    { ...plain, requiredKeys: ['desktopId'] },
  );
  keeps(
    results.EngineToolbox,
    fc.record(
      {
        name: text,
        desktopId: text,
        userId: text,
        target: fc.option(target, { nil: null }),
        profile: fc.option(fc.constantFrom(...DebugProfile.options), { nil: null }),
        image: text,
        by: maybe,
        foreign: fc.boolean(),
        shared: fc.boolean(),
        status: state,
        startedAt: moment,
      },
      plain,
    ),
  );
});

test('lines of a log arrive as they are, with and without gaps', () => {
  keeps(
    results.EngineLogLine,
    fc.record(
      {
        at: fc.option(moment, { nil: null }),
        stream: fc.constantFrom('stdout' as const, 'stderr' as const),
        text,
        cut: count,
        skipped: fc.record({ lines: maybeCount, bytes: maybeCount }, plain),
      },
      { ...plain, requiredKeys: ['at', 'stream', 'text'] },
    ),
  );
});

test('images arrive as they are, with whatever their description has', () => {
  // JSON has no negative zero.
  const inspect = fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value)));
  keeps(
    results.ImageInfo,
    fc.record(
      {
        id: text,
        digest: maybe,
        labels: fc.dictionary(
          text.filter((name) => name !== '__proto__'),
          text,
          { noNullPrototype: true },
        ),
        command: fc.array(text),
        architecture: text,
        os: text,
        createdAt: moment,
        bytes: fc.option(fc.nat(), { nil: null }),
        outdated: fc.boolean(),
        inspect,
      },
      plain,
    ),
  );
});

test('profiles arrive as a map', () => {
  keeps(
    results.Profiles,
    fc.array(fc.tuple(fc.constantFrom(...DebugProfile.options), maybe)).map((pairs) => new Map(pairs)),
  );
});

test('what the domain sends arrives as it is', () => {
  const arrives = <T>(method: { name: string; params: z.ZodType<T> }, params: T): void =>
    assert.deepEqual(method.params.parse(JSON.parse(JSON.stringify(encodeParams(method, params)))), params);
  arrives(ENGINE.makeDesktop, { spec: DESKTOP });
  arrives(ENGINE.launch, { spec: LAUNCH });
  const other: LaunchSpec = { ...LAUNCH, labels: {}, runAs: 1000 };
  arrives(ENGINE.launch, { spec: other });
  arrives(DEBUG.addToolbox, { spec: TOOLBOX });
  const custom: ToolboxSpec = { ...TOOLBOX, custom: { securityContext: { runAsUser: 0 } } };
  arrives(DEBUG.addToolbox, { spec: custom });
  arrives(DEBUG.copy, { spec: COPY });
});

test('what a value has beyond its type stays behind', () => {
  const more: LaunchSpec = Object.assign({ secret: 'x' }, LAUNCH);
  assert.deepEqual(encodeParams(ENGINE.launch, { spec: more }), { spec: LAUNCH });
});

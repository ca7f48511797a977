import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import fc from 'fast-check';
import { serveArguments, type ServeOptions, withServeOptions } from '#cli/serve-options.ts';

const value = fc.string({ minLength: 1 });
const Options = fc.record(
  {
    config: value,
    host: value,
    port: value,
    path: value,
    roles: value,
    data: value,
    run: value,
    user: value,
    engineSocket: value,
    engineProcess: value,
    baseImage: value,
    languages: value,
    fonts: value,
    tlsCert: value,
    tlsKey: value,
    demo: fc.boolean(),
    anonymous: fc.boolean(),
  },
  { requiredKeys: [] },
) satisfies fc.Arbitrary<ServeOptions>;

test('options become arguments that are parsed into the same options', () => {
  fc.assert(
    fc.property(Options, (options) => {
      const command = withServeOptions(new Command());
      command.parse(serveArguments(options), { from: 'user' });
      assert.deepEqual(command.opts(), { ...options });
    }),
  );
});

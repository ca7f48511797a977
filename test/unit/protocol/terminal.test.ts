/** The query of a terminal's address, as clients write it and servers read it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseTerminalQuery, terminalQuery } from '#protocol/terminal.ts';

test('a server reads the request that a client wrote', () => {
  const request = fc.record(
    {
      columns: fc.integer({ min: 1, max: 1000 }),
      rows: fc.integer({ min: 1, max: 1000 }),
      launch: fc.string({ maxLength: 253 }),
      debug: fc.uuid(),
      command: fc.array(fc.string({ maxLength: 20 }), { maxLength: 64 }),
      tty: fc.boolean(),
      input: fc.boolean(),
    },
    { requiredKeys: ['columns', 'rows', 'command', 'tty', 'input'], noNullPrototype: true },
  );
  fc.assert(
    fc.property(request, (given) => {
      const read = parseTerminalQuery(new URLSearchParams(terminalQuery(given).toString()));
      assert.deepEqual(read.data, given);
    }),
  );
});

test('an empty query asks for a shell in a terminal of the usual size', () => {
  assert.deepEqual(parseTerminalQuery(new URLSearchParams()).data, {
    columns: 80,
    rows: 24,
    command: [],
    tty: true,
    input: true,
  });
});

test('a request with an impossible size, flag or debug session is refused', () => {
  for (const query of ['columns=0', 'rows=1001', 'columns=1.5', 'tty=2', 'input=yes', 'debug=1'])
    assert.equal(parseTerminalQuery(new URLSearchParams(query)).success, false, query);
});

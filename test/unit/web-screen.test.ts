/** The screen stays connected: new tickets, growing pauses, an end only when there is no use. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepConnected, type ScreenLink, type ScreenState } from '../../web/screen/reconnect.ts';

/** A server that plays a list of connections: `lasts` milliseconds of connection, or a refusal. */
function play(script: readonly ('refuse' | 'no ticket' | { lasts: number })[]) {
  const abort = new AbortController();
  const states: ScreenState[] = [];
  const pauses: number[] = [];
  const tokens: string[] = [];
  let clock = 0;
  let at = 0;
  const done = keepConnected({
    signal: abort.signal,
    ticket: async () => {
      if (script[at] === undefined) abort.abort();
      if (script[at] === 'no ticket') {
        at += 1;
        throw new Error('no ticket');
      }
      return `ticket ${at}`;
    },
    open: (token): ScreenLink => {
      tokens.push(token);
      const turn = script[at];
      at += 1;
      if (typeof turn !== 'object') {
        const refused = Promise.reject(new Error('refused'));
        return { connected: refused, closed: Promise.resolve(), close: () => {} };
      }
      const closed = new Promise<void>((resolve) =>
        setImmediate(() => {
          clock += turn.lasts;
          resolve();
        }),
      );
      return { connected: Promise.resolve(), closed, close: () => {} };
    },
    pause: async (ms) => void pauses.push(ms),
    onState: (state) => states.push(state),
    isFinal: (error) => error instanceof Error && error.message === 'no ticket',
    now: () => clock,
  });
  return { done, states, pauses, tokens };
}

test('a lost connection is opened again at once with a new ticket', async () => {
  const { done, states, pauses, tokens } = play([{ lasts: 60_000 }, { lasts: 60_000 }]);
  await done;
  assert.deepEqual(tokens.slice(0, 2), ['ticket 0', 'ticket 1']);
  assert.equal(pauses[0], 0);
  assert.deepEqual(states.slice(0, 4), ['connecting', 'connected', 'reconnecting', 'connected']);
  assert.equal(states.at(-1), 'closed');
});

test('pauses grow while the server refuses and are short again after a good connection', async () => {
  const { done, pauses } = play(['refuse', 'refuse', 'refuse', { lasts: 60_000 }, 'refuse']);
  await done;
  const [first, second, third, afterGood] = pauses;
  assert.equal(first, 0);
  assert.ok(second !== undefined && third !== undefined && second > 0 && third > second);
  assert.equal(afterGood, 0);
});

test('a connection that is lost again and again at once does not hammer the server', async () => {
  const { done, pauses } = play([{ lasts: 10 }, { lasts: 10 }, { lasts: 10 }, { lasts: 10 }]);
  await done;
  assert.ok((pauses[3] ?? 0) > (pauses[1] ?? 0), pauses.join());
});

test('when the session is over it ends instead of asking for ever', async () => {
  const { done, states } = play([{ lasts: 60_000 }, 'no ticket', { lasts: 1 }]);
  await done;
  assert.deepEqual(states, ['connecting', 'connected', 'reconnecting', 'closed']);
});

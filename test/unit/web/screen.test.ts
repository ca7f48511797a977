/** The screen stays connected: kept tickets, immediate first retry, growing delays, and final errors. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CloseCode } from '#protocol/screen.ts';
import { keepConnected, type ScreenLink, type ScreenState } from '../../../web/screen/reconnect.ts';

type Turn = 'refuse' | 'silence' | 'no ticket' | { readonly lasts: number; readonly code?: number };

/** A server that plays a list of connections: `lasts` milliseconds of connection, a refusal, or no answer at all. */
function play(script: readonly Turn[], check?: () => Promise<void>) {
  const abort = new AbortController();
  const states: ScreenState[] = [];
  const pauses: number[] = [];
  const tokens: string[] = [];
  let doubts = 0;
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
    doubt: () => void (doubts += 1),
    ...(check && { check }),
    open: (token): ScreenLink => {
      tokens.push(token);
      const turn = script[at];
      at += 1;
      if (turn === 'silence') {
        const closed = Promise.withResolvers<number>();
        return { connected: new Promise(() => {}), closed: closed.promise, close: () => closed.resolve(1006) };
      }
      if (typeof turn !== 'object') {
        const refused = Promise.reject(new Error('refused'));
        return { connected: refused, closed: Promise.resolve(1006), close: () => {} };
      }
      const closed = new Promise<number>((resolve) =>
        setImmediate(() => {
          clock += turn.lasts;
          resolve(turn.code ?? CloseCode.serverStopping);
        }),
      );
      return { connected: Promise.resolve(), closed, close: () => {} };
    },
    pause: async (ms) => void pauses.push(ms),
    onState: (state) => states.push(state),
    isFinal: (error) => error instanceof Error && error.message === 'no ticket',
    now: () => clock,
  });
  return { done, states, pauses, tokens, doubts: () => doubts };
}

test('a screen refused for its origin is not retried; an established one is given time', async () => {
  const refusing = async (): Promise<void> => Promise.reject(new Error('no ticket'));
  const first = play(['refuse', 'refuse'], refusing);
  await first.done;
  assert.deepEqual([first.tokens.length, first.states.at(-1)], [1, 'closed']);
  const later = play([{ lasts: 60_000 }, 'refuse', 'refuse', 'refuse', 'refuse'], refusing);
  await later.done;
  assert.equal(later.tokens.length, 4, 'one attempt that connected and three that did not');
});

test('a lost connection is reopened at once', async () => {
  const { done, states, pauses, tokens } = play([{ lasts: 60_000 }, { lasts: 60_000 }]);
  await done;
  assert.deepEqual(tokens.slice(0, 2), ['ticket 0', 'ticket 1']);
  assert.equal(pauses[0], 0);
  assert.deepEqual(states.slice(0, 4), ['connecting', 'connected', 'reconnecting', 'connected']);
  assert.equal(states.at(-1), 'closed');
});

test('delays grow while the server refuses and are short after a good connection', async () => {
  const { done, pauses } = play(['refuse', 'refuse', 'refuse', { lasts: 60_000 }, 'refuse']);
  await done;
  const [first, second, third, afterGood] = pauses;
  assert.equal(first, 0);
  assert.ok(second !== undefined && third !== undefined && second > 0 && third > second);
  assert.equal(afterGood, 0);
});

test('a gateway that is back after half a second is reached within a second', async () => {
  const { done, pauses } = play([{ lasts: 60_000 }, 'refuse', 'refuse', 'refuse', { lasts: 60_000 }]);
  await done;
  const waited = pauses.slice(0, 4).reduce((sum, ms) => sum + ms, 0);
  assert.ok(waited > 500 && waited < 1_000, pauses.join());
});

test('a connection that is lost repeatedly does not overload the server', async () => {
  const { done, pauses } = play([{ lasts: 10 }, { lasts: 10 }, { lasts: 10 }, { lasts: 10 }]);
  await done;
  assert.ok((pauses[3] ?? 0) > (pauses[1] ?? 0), pauses.join());
});

test('a server that does not answer is retried after two seconds once it is known to be faster', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { done, states } = play([{ lasts: 60_000 }, 'silence', { lasts: 1 }]);
  while (states.length < 3) await new Promise(setImmediate);
  await new Promise(setImmediate);
  t.mock.timers.tick(1_999);
  await new Promise(setImmediate);
  assert.equal(states.filter((state) => state === 'connected').length, 1);
  t.mock.timers.tick(1);
  await done;
  assert.equal(states.filter((state) => state === 'connected').length, 2);
});

test('a ticket is discarded if it opened nothing or its session or desktop is gone, not after a restart', async () => {
  const restart = play([{ lasts: 60_000 }, { lasts: 60_000, code: CloseCode.screenLost }]);
  await restart.done;
  const doubtsAtEnd = 1; // The last turn of every script is a refusal.
  assert.equal(restart.doubts(), doubtsAtEnd);
  const gone = play([{ lasts: 60_000, code: CloseCode.desktopGone }, 'refuse']);
  await gone.done;
  assert.equal(gone.doubts(), 2 + doubtsAtEnd);
});

test('retries end when the session has ended', async () => {
  const { done, states } = play([{ lasts: 60_000 }, 'no ticket', { lasts: 1 }]);
  await done;
  assert.deepEqual(states, ['connecting', 'connected', 'reconnecting', 'closed']);
});

/** What greedy clients do, in a process of its own: the environment variable `LOAD` says what, as JSON. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { z } from 'zod';
import { floodWindows } from './window-flood.ts';

/** Where the load goes; `launch` and `display` belong to the user of `token`. */
export const Load = z.object({
  case: z.enum(['speed', 'log', 'windows', 'json']),
  address: z.url(),
  token: z.string(),
  launch: z.string().nullable(),
  display: z.object({
    at: z.union([z.object({ path: z.string() }), z.object({ host: z.string(), port: z.int() })]),
    cookie: z.string(),
  }),
});
export type Load = z.infer<typeof Load>;

const DOWNLOADS = 8;
const LOG_READERS = 5;
const EVENT_STREAMS = 15;
const BRACKETS = 14 * 1024 * 1024;
const RETRY_MS = 1_000;

const load = Load.parse(JSON.parse(process.env['LOAD'] ?? ''));
const headers = { authorization: `Bearer ${load.token}` };
const { signal } = new AbortController();

/** Requests a response again and again, and reads it to its end. */
async function again(path: string, init: RequestInit = {}): Promise<never> {
  for (;;) {
    const reply = await fetch(`${load.address}${path}`, { headers, ...init });
    for await (const _ of reply.body ?? []) continue;
    if (reply.status === 429) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

const times = (count: number, path: string): Promise<never>[] => Array.from({ length: count }, () => again(path));

const CASES: Readonly<Record<Load['case'], () => Promise<unknown>>> = {
  speed: () => Promise.all(times(DOWNLOADS, `/speedtest/garbage?bytes=${64 * 1024 * 1024}`)),
  log: () => Promise.all(times(LOG_READERS, `/api/v1/launches/${load.launch}/log/stream`)),
  async windows() {
    const socket = connect(load.display.at);
    await once(socket, 'connect');
    await Promise.all([floodWindows(socket, load.display.cookie, signal), ...times(EVENT_STREAMS, '/api/v1/events')]);
  },
  json: () =>
    again('/API/manager/image', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '['.repeat(BRACKETS),
    }),
};

await CASES[load.case]();

/** The API with desktops and a launch, and users who debug each other's launches: for tests of debug sessions. */
import { DebugOffer, DebugSession } from '#protocol/debug.ts';
import { ErrorBody } from '#protocol/errors.ts';
import { Launch } from '#protocol/launch.ts';
import { Session } from '#protocol/user.ts';
import { type FakeApi, fakeApi, LABELS } from './api.ts';
import { eventually } from './launches.ts';

export type Payload = Readonly<Record<string, unknown>>;

export interface Person {
  readonly token: string;
  send(
    method: 'GET' | 'POST',
    path: string,
    payload?: Payload,
  ): Promise<{ status: number; body: unknown; text: string }>;
  /** Requests a debug session. */
  ask(kind: 'toolboxes' | 'copies' | 'execs', payload?: Payload): Promise<DebugSession>;
  act(id: string, action: string, payload?: Payload): Promise<DebugSession>;
  get(id: string): Promise<DebugSession>;
  refusal(method: 'GET' | 'POST', path: string, payload?: Payload): Promise<ErrorBody['error'] & { status: number }>;
  offer(query?: string): Promise<DebugOffer>;
  startDesktop(): Promise<string>;
  launch(): Promise<Launch>;
}

export interface DebugStage extends AsyncDisposable {
  readonly api: FakeApi;
  /** Fry is a user, Leela is support, the professor is an administrator. */
  readonly fry: Person;
  readonly support: Person;
  readonly admin: Person;
  /** Waits until the session is in this state. */
  until(id: string, state: DebugSession['status']['state']): Promise<DebugSession>;
}

export async function debugStage(options: Parameters<typeof fakeApi>[0] = {}): Promise<DebugStage> {
  const api = await fakeApi(options);
  api.engine.labelsOf.set('localhost/deskpod/game:1', LABELS);
  const person = async (name: string): Promise<Person> => personOf(api, await api.login(name));
  const [fry, support, admin] = await Promise.all([person('fry'), person('leela'), person('professor')]);
  return {
    api,
    fry,
    support,
    admin,
    until: (id, state) =>
      eventually(async () => {
        const session = (await api.context.store.debug.find(id))?.session;
        return session?.status.state === state ? session : undefined;
      }),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
}

function personOf(api: FakeApi, token: string): Person {
  const send: Person['send'] = async (method, path, payload) => {
    const headers = { authorization: `Bearer ${token}` };
    const reply = await api.app.inject({ method, url: `/api/v1${path}`, headers, ...(payload ? { payload } : {}) });
    const json = String(reply.headers['content-type']).startsWith('application/json');
    return { status: reply.statusCode, body: json && reply.body !== '' ? reply.json() : null, text: reply.body };
  };
  const session = async (method: 'GET' | 'POST', path: string, payload?: Payload): Promise<DebugSession> => {
    const { status, body } = await send(method, path, payload);
    if (status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(body)}`);
    return DebugSession.parse(body);
  };
  return {
    token,
    send,
    ask: (kind, payload = {}) => session('POST', `/debug/${kind}`, payload),
    act: (id, action, payload = {}) => session('POST', `/debug/${id}/${action}`, payload),
    get: (id) => session('GET', `/debug/${id}`),
    async refusal(method, path, payload) {
      const { status, body } = await send(method, path, payload);
      return { status, ...ErrorBody.parse(body).error };
    },
    async offer(query = '') {
      return DebugOffer.parse((await send('GET', `/debug/offer${query}`)).body);
    },
    async startDesktop() {
      await send('POST', '/desktop', {});
      const { user } = Session.parse((await send('GET', '/session')).body);
      return await eventually(() => api.context.desktops.runningOrNull(user.id)?.id);
    },
    async launch() {
      const { id } = Launch.parse((await send('POST', '/launches', { app: 'game' })).body);
      await eventually(() => api.engine.launchesById.get(id));
      await api.context.launches.settled(AbortSignal.timeout(5000));
      return Launch.parse((await send('GET', `/launches/${id}`)).body);
    },
  };
}

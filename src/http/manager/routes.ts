/**
 * The manager part of the compatible API: `/API/manager/*`, `/API/healthz`, `/API/version`. Controller and action in any
 * case, bodies as `text/javascript` or `application/json`, answers bare.
 */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { Identity } from '#domain/ports/auth.ts';
import type { DesktopSpec, Engine } from '#domain/ports/engine.ts';
import { bearerToken } from '#protocol/bearer.ts';
import { Bodies } from '../bodies.ts';
import { compressAnswers } from '../compress.ts';
import { localUserOf } from '../local-user.ts';
import { clientOf } from '../trusted-proxies.ts';
import type { ManagerAccess } from './access.ts';
import { managerGate } from './access.ts';
import { DesktopActions } from './desktops.ts';
import type { ManagerDesktops } from './desktops.ts';
import type { FailureEvents } from '../errors.ts';
import { ManagerError, managerErrorHandler } from './errors.ts';
import { Images } from './images.ts';
import type { ImageCatalogue } from './images.ts';
import { anyCase, parsePath } from './path.ts';
import type { ManagerPath } from './path.ts';
import { presentPlan } from './present.ts';
import { messageOf } from '#domain/errors.ts';

export interface ManagerDeps {
  readonly catalogue: ImageCatalogue;
  readonly desktops: ManagerDesktops;
  readonly images: Pick<Engine, 'image'>;
  readonly access: ManagerAccess;
  /** Whether a logged-in administrator sends this request. */
  readonly isAdministrator: (request: FastifyRequest) => Promise<boolean>;
  /** Whose user token this is, for `dry_run_desktop`. */
  readonly userOf: (token: string) => Promise<Identity | null>;
  /** The desktop that this user would get; starts nothing. */
  readonly planDesktop: (identity: Identity) => Promise<DesktopSpec>;
  readonly version: { readonly date: string; readonly commit: string; readonly version: string };
  readonly warn: FailureEvents['warn'];
  readonly failed: FailureEvents['failed'];
}

/** The descriptions of several hundred images, with icons. The description of an image has about a thousand marks. */
const IMAGES = { bytes: 16 * 1024 * 1024, marks: 500_000 };
/** Other actions ignore their body. */
const IGNORED = { bytes: 64 * 1024, marks: 1000 };
const METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH'];
const API = `/:api(^${anyCase('api')}$)`;

interface Call extends ManagerPath {
  readonly request: FastifyRequest;
}
type Action = (call: Call) => unknown;

export function managerRoutes(deps: ManagerDeps): FastifyPluginAsync {
  const gate = managerGate(deps.access);
  const actions = actionsOf(deps);

  return async (app) => {
    await compressAnswers(app);
    bodiesAsText(app);
    app.setErrorHandler(managerErrorHandler(deps));

    app.route({
      method: ['GET', 'POST'],
      url: `${API}/:action(^(?:${anyCase('healthz')}|${anyCase('version')})$)`,
      exposeHeadRoute: false,
      handler: async (request, reply) =>
        /healthz$/i.test(request.url.split('?')[0] ?? '') ? reply.type('text/plain').send('OK') : deps.version,
    });

    app.route({
      method: METHODS,
      url: `${API}/:controller(^${anyCase('manager')}$)/*`,
      exposeHeadRoute: false,
      onRequest: async (request) => {
        if (request.headers['x-api-key'] === undefined && (await deps.isAdministrator(request))) return;
        const address = clientOf(request.headers, request.ip);
        await gate({ address, headers: request.headers, localUser: async () => await localUserOf(request.raw) });
      },
      handler: async (request, reply) => {
        const path = parsePath(request.raw.url ?? '');
        if (path === null) throw new ManagerError(400, 'The URL has an invalid percent encoding.');
        const byMethod = actions[path.action];
        if (byMethod === undefined)
          throw new ManagerError(404, `There is no action “${path.action}” in the manager API.`);
        const action = byMethod[request.method];
        if (action === undefined) {
          void reply.header('allow', Object.keys(byMethod).join(', '));
          throw new ManagerError(405, `${path.action} does not take ${request.method}.`);
        }
        const answer = await action({ ...path, request });
        return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer));
      },
    });
  };
}

function actionsOf({
  catalogue,
  desktops,
  images: engine,
  userOf,
  planDesktop,
  warn,
}: ManagerDeps): Readonly<Record<string, Readonly<Record<string, Action>>>> {
  const images = new Images(catalogue, engine, warn);
  const desktopActions = new DesktopActions(desktops);
  const health = { GET: () => ({ status: 'ok' }) };
  const dryRun: Action = async ({ request }) => {
    const token = bearerToken(request.headers['abcauthorization']);
    const identity = token === null ? null : await userOf(token);
    if (identity === null)
      throw new ManagerError(401, 'user is not authenticated: send the user’s token as “ABCAuthorization: Bearer …”.');
    return presentPlan(await planDesktop(identity));
  };
  const table = {
    healtz: health,
    healthz: health,
    echohttp: { GET: ({ request, query }: Call) => echo(request, query) },
    buildapplist: { GET: async () => await images.refresh() },
    image: {
      GET: (call: Call) => (idOf(call) === null ? images.all() : images.one(idOf(call) ?? '')),
      PUT: async (call: Call) => await images.store(bodyOf(call), { id: idOf(call), pull: true }),
      POST: async (call: Call) => await images.store(bodyOf(call), { id: idOf(call), pull: false }),
      PATCH: async (call: Call) =>
        await (idOf(call) === null ? images.refresh() : images.update(idOf(call) ?? '', bodyOf(call))),
      DELETE: async (call: Call) => await images.remove(needed(idOf(call), 'image')),
    },
    export: { GET: async ({ argument, query }: Call) => await images.export(needed(argument, 'export'), query) },
    images: { GET: () => images.all(), DELETE: async () => await images.removeAll() },
    desktop: {
      GET: async ({ argument }: Call) => await desktopActions.get(argument),
      DELETE: async ({ argument }: Call) => await desktopActions.remove(needed(argument, 'desktop')),
    },
    dry_run_desktop: { GET: dryRun, POST: dryRun },
  };
  return Object.assign(Object.create(null), table);
}

/** The id is in the URL or, from older clients, in `?image=`. */
function idOf({ argument, query }: Call): string | null {
  return argument ?? query.get('image');
}

function needed(value: string | null, what: string): string {
  if (value !== null) return value;
  throw new ManagerError(400, `The ${what} is missing. Put its id after /API/manager/${what}/.`);
}

function bodyOf({ request }: Call): unknown {
  const { body } = request;
  if (typeof body !== 'string' || body.trim() === '')
    throw new ManagerError(400, 'Invalid parameters Bad Request: the body is empty; send the JSON of docker inspect.');
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new ManagerError(400, `The body is not JSON: ${messageOf(cause)}.`);
  }
}

/** Reports whether secrets were sent, never their values. */
function echo(request: FastifyRequest, query: URLSearchParams) {
  const hidden = new Set(['x-api-key', 'authorization', 'abcauthorization', 'cookie']);
  const headers = Object.entries(request.headers).map(([name, value]) => [name, hidden.has(name) ? '••••' : value]);
  return {
    headers: Object.fromEntries(headers),
    remote: clientOf(request.headers, request.ip),
    params: Object.fromEntries(query),
  };
}

/** The action parses the body, so that errors have the form of this API. */
function bodiesAsText(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const bodies = new Bodies();
  app.addContentTypeParser(
    ['text/javascript', 'application/json'],
    async (request: FastifyRequest, payload: IncomingMessage) =>
      await bodies.receiveJson(payload, parsePath(request.raw.url ?? '')?.action === 'image' ? IMAGES : IGNORED),
  );
  app.addContentTypeParser('*', (request, _payload, done) => {
    const type = request.headers['content-type'] ?? 'no content type';
    done(new ManagerError(415, `${type} is not understood: send Content-Type: text/javascript or application/json.`));
  });
}

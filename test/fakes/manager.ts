/** The manager routes on a catalogue in memory and one desktop, called like from a command line. */
import type { TestContext } from 'node:test';
import fastify from 'fastify';
import type { InjectOptions } from 'fastify';
import { z } from 'zod';
import { Catalogue } from '#domain/catalogue/catalogue.ts';
import type { EngineLaunch } from '#domain/ports/engine-launch.ts';
import { managerRoutes } from '#http/manager/routes.ts';
import type { ManagerDeps } from '#http/manager/routes.ts';
import { AppDocument } from '#protocol/manager.ts';
import { aRunningDesktop } from '../fixtures/engine-samples.ts';
import { fakeDeps } from './catalogue.ts';

export const DESKTOP = aRunningDesktop({
  id: 'hermes-db906',
  userId: 'hermes',
  createdAt: new Date('2026-01-02T03:04:05Z'),
  address: '10.89.0.2',
  node: 'here',
  uid: 'uid-1',
});
export const LAUNCH: EngineLaunch = {
  id: 'hermes-conrad-2048-alpine-1eef4',
  desktopId: DESKTOP.id,
  userId: 'hermes',
  runtime: 'ephemeral_container',
  status: {
    state: 'finished',
    exitCode: 0,
    outOfMemory: false,
    finishedAt: new Date('2026-01-02T03:05:05Z'),
    message: null,
  },
  startedAt: new Date('2026-01-02T03:04:06Z'),
  image: 'a/b:1',
  imageDigest: null,
  memoryKill: false,
  hostname: 'x',
};
const ACCOUNT = { userId: 'hermes', displayName: 'Hermes Conrad', provider: 'directory', uid: 2043, gid: 12043 };

export const OPEN = {
  enabled: true,
  keys: ['0123456789abcdef'],
  permitNetworks: ['127.0.0.0/8'],
  owners: null,
  onlyNetworks: null,
  isPod: async () => false,
  keyCommand: null,
};

export async function server(context: TestContext, more: Partial<ManagerDeps> = {}) {
  const surroundings = fakeDeps();
  const catalogue = await Catalogue.open(surroundings);
  const removed: string[] = [];
  const warned: string[] = [];
  const deps: ManagerDeps = {
    catalogue,
    desktops: {
      desktops: async () => [DESKTOP],
      launches: async () => [LAUNCH],
      removeDesktop: async ({ id }) => void removed.push(id),
      removeLaunch: async ({ id }) => void removed.push(id),
    },
    access: OPEN,
    images: surroundings.images,
    isAdministrator: async () => false,
    userOf: async (token) =>
      token === 'good'
        ? {
            user: { id: 'hermes', name: 'Hermes Conrad', provider: 'directory', labels: [], roles: ['user'] },
            account: ACCOUNT,
          }
        : null,
    planDesktop: async ({ account }) => ({
      id: 'hermes-00000',
      account,
      image: 'desktop',
      geometry: { width: 800, height: 600 },
      regional: { timezone: null, languages: [] },
      env: { LANG: 'C.UTF-8' },
      x11Tcp: true,
      limits: { memoryBytes: 1024 },
      shared: [],
      labels: { crew: 'true' },
    }),
    version: { date: '2026-01-01', commit: 'abc', version: '0.1.0' },
    warn: (message) => void warned.push(message),
    failed: () => undefined,
    ...more,
  };
  const app = fastify();
  await app.register(managerRoutes(deps));
  context.after(async () => {
    await app.close();
    await catalogue[Symbol.asyncDispose]();
  });
  const send = async (
    method: InjectOptions['method'] & string,
    url: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const payload = body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) };
    const type = body === undefined ? {} : { 'content-type': 'text/javascript' };
    const all = { host: 'localhost:30443', ...type, ...headers };
    const reply = await app.inject({
      method: z.enum(['GET', 'PUT', 'POST', 'DELETE', 'PATCH']).parse(method),
      url,
      headers: all,
      ...payload,
    });
    const json: unknown = /json/.test(String(reply.headers['content-type'])) ? JSON.parse(reply.body) : reply.body;
    return { status: reply.statusCode, json, headers: reply.headers };
  };
  return { ...surroundings, catalogue, send, removed, warned };
}

export const Failure = z.object({
  status: z.number(),
  status_message: z.string(),
  message: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
});
export const idsOf = (json: unknown) =>
  z
    .array(AppDocument)
    .parse(json)
    .map(({ id }) => id);

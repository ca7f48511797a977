/** What the bench must know of a running desktop to join it by hand: read from where the engine keeps it. */
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { createClient } from '#client/client.ts';
import type { DisplaySource } from '#domain/ports/display.ts';
import { DATA, type Product, RUN } from '../test/e2e/product.ts';

const Credentials = z.object({ xCookie: z.string() });

export interface DesktopFacts {
  readonly runDir: string;
  readonly desktopId: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly xCookie: string;
}

/** Of Philip J. Fry of the demo directory. */
export async function desktopFacts(product: Product): Promise<DesktopFacts> {
  const token = (await readFile(join(DATA, 'cli-token'), 'utf8')).split('\n')[0] ?? '';
  const all = await createClient({ baseUrl: product.address, token }).desktops.list();
  const desktopId = all.find(({ userId }) => userId === 'fry')?.id;
  if (desktopId === undefined) throw new Error('fry has no desktop');
  const text = await readFile(join(RUN, 'desktops', desktopId, 'credentials.json'), 'utf8');
  const { xCookie } = Credentials.parse(JSON.parse(text));
  return { runDir: RUN, desktopId, uid: 2042, gid: 12042, home: '/home/fry', xCookie };
}

export function displayOf({ runDir, desktopId, xCookie }: DesktopFacts): DisplaySource {
  return {
    xCookie,
    launchOf: async () => null,
    async connect() {
      const socket = connect(join(runDir, 'desktops', desktopId, 'x11', 'X0'));
      await once(socket, 'connect');
      return socket;
    },
  };
}

/** Ten desktops that are open and idle: the memory of each display with its window manager. */
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '#client/client.ts';
import { descendants } from '../../test/runner/descendants.ts';
import { desktopFacts } from '../desktop-facts.ts';
import { Peer } from '../peer.ts';
import { desktopRuns, type Stage } from '../stage.ts';
import { type Measured, OURS } from './results.ts';
import { proportionalBytes } from './use.ts';

/** Of the demo directory, whose password is their name, besides the one that the bench has; then local users. */
const USERS = ['hermes', 'leela', 'professor', 'bender', 'zoidberg', 'amy'];
const ADDED = ['bench-one', 'bench-two', 'bench-three'];
const IDLE_MS = 30_000;
const MIB = 1024 ** 2;
const MOST_MIB = 28;

export async function idleDesktops(stage: Stage): Promise<Measured> {
  const { product, client } = stage;
  await using owned = new AsyncDisposableStack();
  const administrator = await product.administrator();
  await desktopRuns(client);
  for (const id of ADDED) {
    await administrator.users.add({ id, name: id, password: id });
    owned.defer(() => administrator.users.remove(id));
  }
  for (const name of [...USERS, ...ADDED]) {
    const { token } = await createClient({ baseUrl: product.address }).session.login({
      provider: 'directory',
      name,
      password: name,
    });
    const own = createClient({ baseUrl: product.address, token });
    owned.defer(() => own.session.logout());
    await desktopRuns(own);
    owned.defer(() => own.desktop.remove());
  }
  await delay(IDLE_MS);
  const peer = new Peer(await desktopFacts(product));
  const ours: number[] = [];
  for (const { id } of await administrator.desktops.list()) {
    const pid = Number(await peer.podman('inspect', '-f', '{{.State.Pid}}', id));
    ours.push((await proportionalBytes([pid, ...(await descendants(pid))])) / MIB);
  }
  return {
    id: 'idle-memory',
    group: 'desktops',
    what: 'ten idle desktops: memory (PSS) of each display',
    unit: 'MiB',
    better: 'less',
    goals: [{ share: 0.5, most: MOST_MIB }],
    samples: { [OURS]: ours },
  };
}

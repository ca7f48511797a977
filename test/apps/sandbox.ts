/** Whether a browser's sandbox holds, as the kernel of this machine sees its processes. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { z } from 'zod';
import { engineApi } from '../e2e/machine.ts';

/** A folder of a process that has ended, into which Chromium moves. */
const EMPTY = /^\/proc\/\d+\/fdinfo$/;
const NAMESPACES = ['user', 'pid', 'net'] as const;
const Inspected = z.looseObject({ Id: z.string(), State: z.looseObject({ Pid: z.int().positive() }) });

export interface SeenProcess {
  /** Chromium's own word: `renderer`; null for the browser itself and for other programs. */
  readonly type: string | null;
  /** By their names: `user:[4026531837]`. */
  readonly namespaces: readonly string[];
  readonly root: string;
  /** `/proc/PID/status` */
  readonly status: string;
}

/** The processes in the container of a launch, its first one first. */
export async function processesOf(launchId: string): Promise<SeenProcess[]> {
  const { Id, State } = await engineApi.json(Inspected, 'GET', `/containers/${launchId}/json`);
  const found = [await look(`/proc/${State.Pid}`)];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const cgroup = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
    if (cgroup.includes(Id)) found.push(await look(`/proc/${pid}`));
  }
  return found.filter((one) => one !== null);
}

/** Null for a process that ended meanwhile. */
async function look(folder: string): Promise<SeenProcess | null> {
  try {
    const command = await readFile(`${folder}/cmdline`, 'utf8');
    return {
      type: /--type=([a-z-]+)/.exec(command)?.[1] ?? null,
      namespaces: await Promise.all(NAMESPACES.map((name) => readlink(`${folder}/ns/${name}`))),
      root: await readlink(`${folder}/root`),
      status: await readFile(`${folder}/status`, 'utf8'),
    };
  } catch {
    return null;
  }
}

/** What is wrong with the sandbox of pages: none is there, or it isn't locked up. */
export function openings([first, ...others]: readonly SeenProcess[]): string[] {
  const pages = others.filter(({ type }) => type === 'renderer');
  if (first === undefined || pages.length === 0) return ['No process of a page was found.'];
  const problems = pages.flatMap(({ namespaces, root, status }) => [
    ...NAMESPACES.filter((_, at) => namespaces[at] === first.namespaces[at]).map((name) => `no ${name} namespace`),
    ...(EMPTY.test(root) ? [] : [`the root folder ${root}`]),
    ...(number('Seccomp_filters', status) > number('Seccomp_filters', first.status) ? [] : ['no filter of its own']),
    ...(/^CapEff:\s0+$/m.test(status) ? [] : ['capabilities']),
  ]);
  return [...new Set(problems)].map((what) => `A page has ${what}.`);
}

function number(field: string, status: string): number {
  return Number(new RegExp(`^${field}:\\s*(\\d+)$`, 'm').exec(status)?.[1] ?? 0);
}

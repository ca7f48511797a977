/** One desktop or launch as `kubectl describe pod` prints it. */
import { z } from 'zod';
import type { Target } from '#domain/ports/engine-launch.ts';
import { DeskpodError } from '#domain/errors.ts';
import { maskSecrets } from '#domain/launches/environment.ts';
import type { DesktopEvent } from '#protocol/inspect.ts';
import type { Context } from '../context.ts';
import { addressOf, environmentOf, nameOf, wasStarted } from '../pods/describe.ts';
import { listEvents } from './events.ts';
import { stateWords } from './inspect.ts';
import { membersOf, type Member } from './members.ts';
import { ANCHOR } from './targets.ts';

/** Fields that only the description needs. */
const Details = z.looseObject({
  Config: z.looseObject({
    User: z.string().default(''),
    Entrypoint: z.array(z.string()).or(z.string()).nullish(),
    Cmd: z.array(z.string()).nullish(),
    WorkingDir: z.string().nullish(),
  }),
  HostConfig: z.looseObject({
    NetworkMode: z.string().default(''),
    PidMode: z.string().default(''),
    IpcMode: z.string().default(''),
    Memory: z.number().default(0),
    NanoCpus: z.number().default(0),
    PidsLimit: z.number().nullish(),
    Privileged: z.boolean().default(false),
    CapAdd: z.array(z.string()).nullish(),
    CapDrop: z.array(z.string()).nullish(),
    ReadonlyRootfs: z.boolean().default(false),
    Binds: z.array(z.string()).nullish(),
  }),
});

/** Labels of the image that hold icons and policies. */
const LONGEST_LABEL = 120;

export async function describeTarget(context: Context, { desktopId, launchId, container }: Target): Promise<string> {
  const { userId, all } = await membersOf(context, desktopId);
  const wanted = container === ANCHOR ? undefined : (container ?? launchId);
  const [anchor] = all;
  const chosen = wanted === undefined ? all : all.filter(({ name }) => name === wanted);
  const [first = anchor] = wanted === undefined ? [anchor] : chosen;
  if (first === undefined || chosen.length === 0) {
    throw new DeskpodError('not_found', `There is no launch ${wanted ?? ''} in the desktop ${desktopId}.`);
  }
  const events = await listEvents(context, desktopId);
  const names = new Set(chosen.map(({ name }) => name));
  const [services, launches, toolboxes] = [
    chosen.filter(({ kind }) => kind === 'service'),
    chosen.filter(({ kind }) => kind === 'launch'),
    chosen.filter(({ kind }) => kind === 'toolbox' || kind === 'foreign'),
  ];
  return [
    ...header(context, first, desktopId, userId),
    ...(await section(context, 'Containers', services)),
    ...(await section(context, 'Launches', launches)),
    ...(await section(context, 'Toolboxes', toolboxes)),
    ...table(wanted === undefined ? events : events.filter(({ about }) => names.has(about))),
    '',
  ].join('\n');
}

function header(context: Context, { container }: Member, desktopId: string, userId: string): string[] {
  const labels = Object.entries(container.Config.Labels ?? {})
    .filter(([name, value]) => !name.startsWith('oc.') && value.length <= LONGEST_LABEL)
    .map(([name, value]) => `${name}=${value}`)
    .toSorted();
  return fields(0, [
    ['Name', nameOf(container)],
    ['Desktop', desktopId],
    ['User', userId],
    ['Node', context.settings.node],
    ['Start Time', wasStarted(container) ? container.State.StartedAt.toUTCString() : ''],
    ['Labels', labels],
    ['Status', container.State.Status],
    ['IP', addressOf(container) ?? ''],
  ]);
}

async function section(context: Context, title: string, members: readonly Member[]): Promise<string[]> {
  const blocks = await Promise.all(members.map((member) => block(context, member)));
  return members.length === 0 ? [] : [`${title}:`, ...blocks.flat()];
}

async function block(context: Context, { name, container, by, profile }: Member): Promise<string[]> {
  const { Config, HostConfig } = await context.api.json(Details, 'GET', `/containers/${container.Id}/json`);
  const { state, reason, exitCode, message, since } = stateWords(context, container);
  const running = state === 'running';
  const environment = Object.entries(maskSecrets(environmentOf(container))).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [
    `  ${name}:`,
    ...fields(4, [
      ['Container ID', `${context.settings.flavour}://${container.Id}`],
      ['Image', container.Config.Image],
      ['Image ID', container.Image],
      ['Command', [Config.Entrypoint ?? [], Config.Cmd ?? []].flat()],
      ['User', Config.User],
      ['Working Directory', Config.WorkingDir ?? ''],
      ...(by === null ? [] : [['Added By', by] as const]),
      ...(profile === null ? [] : [['Profile', profile] as const]),
      ['State', running ? 'Running' : state === 'waiting' ? 'Waiting' : 'Terminated'],
    ]),
    ...fields(6, [
      ['Reason', reason ?? ''],
      ['Message', message ?? ''],
      ['Exit Code', exitCode === null ? '' : String(exitCode)],
      ['Started', wasStarted(container) ? container.State.StartedAt.toUTCString() : ''],
      ['Finished', state === 'finished' && since !== null ? new Date(since).toUTCString() : ''],
    ]),
    ...fields(4, [
      ['Ready', running ? 'True' : 'False'],
      ['Restart Count', String(container.RestartCount)],
      ['Limits', limitsOf(HostConfig)],
      ['Namespaces', [`net ${HostConfig.NetworkMode}`, `pid ${HostConfig.PidMode}`, `ipc ${HostConfig.IpcMode}`]],
      ['Security', securityOf(HostConfig)],
      ['Environment', environment.map(([variable, value]) => `${variable}: ${value}`)],
      ['Mounts', HostConfig.Binds ?? []],
    ]),
  ];
}

function limitsOf({ Memory, NanoCpus, PidsLimit }: z.infer<typeof Details>['HostConfig']): string[] {
  return [
    ...(NanoCpus > 0 ? [`cpu: ${NanoCpus / 1e9}`] : []),
    ...(Memory > 0 ? [`memory: ${Memory}`] : []),
    ...(PidsLimit ? [`processes: ${PidsLimit}`] : []),
  ];
}

function securityOf({ Privileged, CapAdd, CapDrop, ReadonlyRootfs }: z.infer<typeof Details>['HostConfig']): string[] {
  return [
    ...(Privileged ? ['privileged'] : []),
    ...(CapAdd?.length ? [`capabilities added: ${CapAdd.join(', ')}`] : []),
    ...(CapDrop?.length ? [`capabilities dropped: ${CapDrop.join(', ')}`] : []),
    ...(ReadonlyRootfs ? ['read-only root'] : []),
  ];
}

/** Leaves out fields without a value; a list continues below. */
function fields(
  indent: number,
  rows: readonly (readonly [name: string, value: string | readonly string[]])[],
): string[] {
  const reported = rows.filter(([, value]) => value.length > 0);
  const width = Math.max(16, ...reported.map(([name]) => name.length + 3));
  return reported.flatMap(([name, value]) => {
    const [first = '', ...more] = typeof value === 'string' ? [value] : value;
    const pad = ' '.repeat(indent);
    return [`${pad}${`${name}:`.padEnd(width)}${first}`, ...more.map((text) => `${pad}${' '.repeat(width)}${text}`)];
  });
}

function table(events: readonly DesktopEvent[]): string[] {
  if (events.length === 0) return ['Events:         <none>'];
  const rows = [
    ['Type', 'Reason', 'At', 'About', 'Message'],
    ...events.map(({ level, reason, at, about, message, count }) => [
      level === 'warning' ? 'Warning' : 'Normal',
      reason,
      at,
      about,
      count === 1 ? message : `${message} (${count} times)`,
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return [
    'Events:',
    ...rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd()),
  ];
}

/** The contents of a desktop, from the engine and the kernel: containers, namespaces, processes, sockets, events. */
import { z } from 'zod';
import { DebugProfile } from './debug.ts';

/** An equivalent command without Deskpod. */
export const CommandLine = z.object({
  does: z.enum(['exec', 'debug', 'attach', 'logs', 'describe', 'nsenter']),
  line: z.string(),
});
export type CommandLine = z.infer<typeof CommandLine>;

export const InspectedContainer = z.object({
  /** Name of the container: `c-graphical…`, a launch's id, `debugger-x7f2k`. */
  name: z.string(),
  kind: z.enum(['service', 'launch', 'toolbox', /** Added by other means than Deskpod. */ 'foreign']),
  /** `inside` the desktop's pod, or in a pod or container `beside` it. */
  place: z.enum(['inside', 'beside']),
  /** The launch, or the target launch of a toolbox. */
  launchId: z.string().nullable(),
  /** Who added it, if known: a user's id for a toolbox, a program such as `kubectl-debug` for a foreign one. */
  by: z.string().nullable(),
  profile: DebugProfile.nullable(),
  image: z.string(),
  state: z.enum(['waiting', 'running', 'finished']),
  restarts: z.int().nonnegative(),
  exitCode: z.int().nullable(),
  /** The engine's word, such as `Completed` or `ImagePullBackOff`. */
  reason: z.string().nullable(),
  message: z.string().nullable(),
  /** Start of the current state. */
  since: z.iso.datetime().nullable(),
  /** Of its first process, in the desktop's PID namespace; null if it does not run or is unknown. */
  pid: z.int().positive().nullable(),
  /** Secrets masked. */
  environment: z.record(z.string(), z.string()),
  commands: z.array(CommandLine),
});
export type InspectedContainer = z.infer<typeof InspectedContainer>;

export const Inspection = z.object({
  desktopId: z.string(),
  userId: z.string(),
  containers: z.array(InspectedContainer),
  /** Finished ephemeral containers that remain in the object; `most` is the limit of all kinds together, or null. */
  entries: z.object({ finished: z.int().nonnegative(), most: z.int().positive().nullable() }),
  /** Size of the object in the cluster's store, and its limit; null on a single machine. */
  size: z.object({ bytes: z.int().nonnegative(), most: z.int().positive() }).nullable(),
});
export type Inspection = z.infer<typeof Inspection>;

export const NamespaceKind = z.enum(['mnt', 'pid', 'net', 'ipc', 'uts', 'user', 'cgroup']);
export type NamespaceKind = z.infer<typeof NamespaceKind>;

/** The kernel's id of each namespace; null if it couldn't be read. */
export const Namespaces = z.object({
  containers: z.array(z.object({ name: z.string(), ids: z.record(NamespaceKind, z.string().nullable()) })),
});
export type Namespaces = z.infer<typeof Namespaces>;

export const InspectedProcess = z.object({
  pid: z.int().positive(),
  parent: z.int().nonnegative(),
  /** Name of its container; null if unknown. */
  container: z.string().nullable(),
  uid: z.int().nonnegative(),
  /** The kernel's state letter: R, S, D, Z, T. */
  state: z.string(),
  /** Share of one CPU core since the last query, or since the process started. */
  cpu: z.number().nonnegative(),
  memoryBytes: z.int().nonnegative(),
  command: z.string(),
});
export type InspectedProcess = z.infer<typeof InspectedProcess>;

export const InspectedSocket = z.object({
  protocol: z.enum(['tcp', 'tcp6', 'udp', 'udp6', 'unix']),
  local: z.string(),
  remote: z.string().nullable(),
  state: z.string(),
  /** Whose it is, when the kernel lets us see. */
  pid: z.int().positive().nullable(),
  /** Name of the container (or of the pod's first one) whose network it belongs to. */
  container: z.string(),
});
export type InspectedSocket = z.infer<typeof InspectedSocket>;

export const DesktopEvent = z.object({
  at: z.iso.datetime(),
  /** Name of the container or pod. */
  about: z.string(),
  level: z.enum(['normal', 'warning']),
  reason: z.string(),
  message: z.string(),
  count: z.int().positive(),
});
export type DesktopEvent = z.infer<typeof DesktopEvent>;

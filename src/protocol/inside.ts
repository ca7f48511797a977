/** What is inside a desktop, as the engine and the kernel tell it: containers, namespaces, processes, sockets, events. */
import { z } from 'zod';
import { DebugProfile } from './debug.ts';

/** A line to copy that does the same without Deskpod. */
export const CommandLine = z.object({
  does: z.enum(['exec', 'debug', 'attach', 'logs', 'describe', 'nsenter']),
  line: z.string(),
});
export type CommandLine = z.infer<typeof CommandLine>;

export const InsideContainer = z.object({
  /** Name of the container: `c-graphical…`, a launch's id, `debugger-x7f2k`. */
  name: z.string(),
  kind: z.enum(['service', 'launch', 'toolbox', /** Somebody added it with other means. */ 'foreign']),
  /** `inside` the desktop, or a pod or container `beside` it. */
  place: z.enum(['inside', 'beside']),
  /** Of a launch, or of the launch that a toolbox looks into. */
  launchId: z.string().nullable(),
  /** Who put it there, if known: a user's id for a toolbox, a program such as `kubectl-debug` for a foreign one. */
  by: z.string().nullable(),
  profile: DebugProfile.nullable(),
  image: z.string(),
  state: z.enum(['waiting', 'running', 'finished']),
  restarts: z.int().nonnegative(),
  exitCode: z.int().nullable(),
  /** The engine's word, such as `Completed` or `ImagePullBackOff`. */
  reason: z.string().nullable(),
  message: z.string().nullable(),
  /** Since when it is in this state. */
  since: z.iso.datetime().nullable(),
  /** Of its first process, as the desktop counts; null when it does not run or cannot be known. */
  pid: z.int().positive().nullable(),
  /** Secrets masked. */
  environment: z.record(z.string(), z.string()),
  commands: z.array(CommandLine),
});
export type InsideContainer = z.infer<typeof InsideContainer>;

export const Inside = z.object({
  desktopId: z.string(),
  userId: z.string(),
  containers: z.array(InsideContainer),
  /** Ephemeral containers that are over and stay in the object; `most` of all kinds together, null without a limit. */
  entries: z.object({ finished: z.int().nonnegative(), most: z.int().positive().nullable() }),
  /** Of the object in the cluster's store, and what that takes at most; null on one machine. */
  size: z.object({ bytes: z.int().nonnegative(), most: z.int().positive() }).nullable(),
});
export type Inside = z.infer<typeof Inside>;

export const NamespaceKind = z.enum(['mnt', 'pid', 'net', 'ipc', 'uts', 'user', 'cgroup']);
export type NamespaceKind = z.infer<typeof NamespaceKind>;

/** The kernel's number of a namespace, or null where it could not be read. */
export const Namespaces = z.object({
  containers: z.array(z.object({ name: z.string(), ids: z.record(NamespaceKind, z.string().nullable()) })),
});
export type Namespaces = z.infer<typeof Namespaces>;

export const InsideProcess = z.object({
  pid: z.int().positive(),
  parent: z.int().nonnegative(),
  /** Name of its container, null when it cannot be known. */
  container: z.string().nullable(),
  uid: z.int().nonnegative(),
  /** The kernel's letter: R, S, D, Z, T. */
  state: z.string(),
  /** Share of one processor since the last look, or since it began. */
  cpu: z.number().nonnegative(),
  memoryBytes: z.int().nonnegative(),
  command: z.string(),
});
export type InsideProcess = z.infer<typeof InsideProcess>;

export const InsideSocket = z.object({
  protocol: z.enum(['tcp', 'tcp6', 'udp', 'udp6', 'unix']),
  local: z.string(),
  remote: z.string().nullable(),
  state: z.string(),
  /** Whose it is, when the kernel lets us see. */
  pid: z.int().positive().nullable(),
  /** Name of the container (or of the pod's first one) whose network it belongs to. */
  container: z.string(),
});
export type InsideSocket = z.infer<typeof InsideSocket>;

export const EngineHappening = z.object({
  at: z.iso.datetime(),
  /** Name of the container or pod. */
  about: z.string(),
  level: z.enum(['normal', 'warning']),
  reason: z.string(),
  message: z.string(),
  count: z.int().positive(),
});
export type EngineHappening = z.infer<typeof EngineHappening>;

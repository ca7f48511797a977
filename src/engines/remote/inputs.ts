/**
 * What the server process may send, with bounds. The engine process runs as root and takes the server process for
 * somebody who may have been taken over: what is not named here never reaches the engine, and nothing here can make a
 * container run as root or under the name of another installation's.
 */
import { z } from 'zod';
import { isReference } from '#domain/catalogue/reference.ts';
import { MAX_NAME } from '#domain/names.ts';
import type { CopySpec as CopyOf, ToolboxSpec as ToolboxOf } from '#domain/ports/debug-engine.ts';
import { FIRST_PERSON_ID } from '#domain/posix-ids.ts';
import type * as port from '#domain/ports/engine.ts';
import type * as launches from '#domain/ports/engine-launch.ts';
import { Limits, PodSettings, Runtime, SeccompProfile, VariableName } from '#protocol/app.ts';
import { ContainerName, DebugProfile } from '#protocol/debug.ts';
import * as desktop from '#protocol/desktop.ts';
import { MAX_PIXELS } from '#protocol/screen.ts';
import { TerminalSize } from '#protocol/terminal.ts';

/** `nobody` and `nogroup`, and the 16-bit form of “no id”. */
const NOBODY: ReadonlySet<number> = new Set([65_534, 65_535]);
const LARGEST_ID = 2 ** 31 - 1;
/** The kernel's limit of one argument or variable (execve(2)). */
const LONGEST_ARGUMENT = 131_072;
const MOST_ARGUMENTS = 1_024;
const MOST_VARIABLES = 1_024;
const MOST_LABELS = 128;
const LARGEST_CONTAINER = 2 ** 50;
const MOST_PROCESSORS = 65_536;
/** The kernel's own limit, `PID_MAX_LIMIT`. */
const MOST_PROCESSES = 4_194_304;
const LONGEST_LOG = 64 * 1024 * 1024;
const LONGEST_GRACE_MS = 3_600_000;
const MOST_IMAGES = 10_000;

/** Names of desktops and launches: DNS labels, as `domain/names.ts` makes them; copies are named by people. */
const NAME = new RegExp(`^[a-z0-9]([a-z0-9-]{0,${MAX_NAME - 1}}[a-z0-9])?$`);
export const Name = z
  .string()
  .regex(
    NAME,
    `is not a name: up to ${MAX_NAME + 1} lowercase letters, digits and hyphens, not a hyphen at either end`,
  );
/** The name of any container, also of one that others have added. */
const AnyContainerName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,252}$/, 'is not the name of a container');

/** One line for people. */
function line(most: number): z.ZodString {
  return z
    .string()
    .min(1)
    .max(most)
    .regex(/^\P{Cc}*$/u, 'has control characters');
}

/** An argument or the value of a variable: anything except a zero byte, which ends it. */
const Argument = z
  .string()
  .max(LONGEST_ARGUMENT)
  .regex(/^[^\0]*$/, 'has a zero byte');
const Command = z.array(Argument).max(MOST_ARGUMENTS);
const Variables = z
  .record(VariableName, Argument)
  .refine((env) => Object.keys(env).length <= MOST_VARIABLES, `has more than ${MOST_VARIABLES} variables`);

const Image = z.string().refine(isReference, 'is not the name of an image');
/** As long as a name of an image, and maybe none. */
export const ImageQuery = line(512);

const Uid = z
  .int()
  .min(FIRST_PERSON_ID, 'is root or a system account')
  .max(LARGEST_ID)
  .refine((id) => !NOBODY.has(id), 'is nobody');
const Gid = z
  .int()
  .min(FIRST_PERSON_ID, 'is the group of root or of the system')
  .max(LARGEST_ID)
  .refine((id) => !NOBODY.has(id), 'is nobody’s group');

const Account = z.object({
  userId: line(256),
  displayName: line(512),
  provider: line(256),
  uid: Uid,
  gid: Gid,
}) satisfies z.ZodType<port.Account>;

const ContainerLimits = Limits.extend({
  memoryBytes: z.int().positive().max(LARGEST_CONTAINER).optional(),
  cpus: z.number().positive().max(MOST_PROCESSORS).optional(),
  processes: z.int().positive().max(MOST_PROCESSES).optional(),
}) satisfies z.ZodType<Limits>;

/** Labels of the installation have a prefix or one of these names; labels of users have neither. */
const OWN_LABEL = /^(type|domain|access_.*)$/;
const UserLabels = z
  .record(
    z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, 'is not the label of a user')
      .refine((name) => !OWN_LABEL.test(name), 'is a label of the installation'),
    z.literal('true'),
  )
  .refine((labels) => Object.keys(labels).length <= MOST_LABELS, `has more than ${MOST_LABELS} labels`);
/** The only one that the domain gives to launches. */
const LaunchLabels = z.record(z.literal('uniquerunkey'), line(512)).or(z.record(z.string(), z.never()));

export const DesktopSpec = z.object({
  id: Name,
  account: Account,
  image: Image,
  geometry: desktop.Geometry.refine(({ width, height }) => width * height <= MAX_PIXELS, 'has too many pixels'),
  env: Variables,
  regional: z.object({
    timezone: z
      .string()
      .regex(/^[A-Za-z0-9_+/-]{1,200}$/, 'is not a time zone')
      .nullable(),
    languages: z.array(z.string().regex(/^[A-Za-z0-9-]{1,200}$/, 'is not a language')).max(50),
  }),
  x11Tcp: z.boolean(),
  limits: ContainerLimits,
  labels: UserLabels,
  /** Names only: the engine process mounts what its own configuration says. */
  shared: z.array(line(64)).max(32),
}) satisfies z.ZodType<port.DesktopSpec>;

export const LaunchSpec = z.object({
  id: Name,
  desktopId: Name,
  appName: line(512),
  runtime: Runtime,
  image: Image,
  command: Command,
  env: Variables,
  limits: ContainerLimits,
  executeClass: line(256),
  labels: LaunchLabels,
  /** Only a wish of the image: the containers engine runs every launch as its desktop's user, whatever this is. */
  runAs: z.int().min(0).max(LARGEST_ID).nullable(),
  /** A name only: the engine process has the profiles itself. */
  seccomp: SeccompProfile.nullable(),
  pod: PodSettings,
}) satisfies z.ZodType<launches.LaunchSpec>;

export const Target = z.object({
  desktopId: Name,
  launchId: Name.exactOptional(),
  container: AnyContainerName.exactOptional(),
}) satisfies z.ZodType<launches.Target>;

export const ToolboxSpec = z.object({
  name: ContainerName,
  target: Target,
  image: Image,
  profile: DebugProfile,
  env: Variables,
  command: Command,
  plain: z.boolean(),
  custom: z.record(z.string(), z.unknown()).nullable(),
  by: line(256),
  shared: z.boolean(),
}) satisfies z.ZodType<ToolboxOf>;

export const CopySpec = z.object({
  launch: LaunchSpec,
  of: Name,
  changed: z.object({ image: Image.nullable(), command: Command, env: Variables }),
  shareProcesses: z.boolean(),
  sameNode: z.boolean(),
  plain: z.boolean(),
}) satisfies z.ZodType<CopyOf>;

export const ExecSpec = z.object({
  command: Command.min(1),
  tty: TerminalSize.nullable(),
  env: Variables.exactOptional(),
  input: z.boolean().exactOptional(),
}) satisfies z.ZodType<launches.ExecSpec>;

export const AppImage = z.object({
  reference: Image,
  app: line(512).nullable(),
  refresh: z.boolean().exactOptional(),
}) satisfies z.ZodType<port.AppImage>;
export const AppImages = z.array(AppImage).max(MOST_IMAGES);

export const Service = z.enum(['files', 'sound', 'printer', 'video']) satisfies z.ZodType<port.ServiceName>;

export const LogOptions = z.object({ follow: z.boolean(), tailBytes: z.int().min(0).max(LONGEST_LOG) });
export const GraceMs = z.int().min(0).max(LONGEST_GRACE_MS);
export const Pid = z.int().positive().max(MOST_PROCESSES);
/** A toolbox of ours, or a container that others have added to the desktop. */
export const ToolboxName = AnyContainerName;

export const XCookie = z.string().regex(/^[0-9a-f]{32}$/, 'is not an X cookie');

/** The profiles of `kubectl debug` as options of the engine, with a partial container merged on top. Pure. */
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import type { DebugProfile } from '#protocol/debug.ts';

export interface Security {
  readonly privileged: boolean;
  readonly add: readonly string[];
  readonly drop: readonly string[];
  /** Whether a program may gain privileges, for example by setuid. */
  readonly escalation: boolean;
  readonly nonRoot: boolean;
  readonly user: number | null;
  readonly group: number | null;
}

const RUNTIME_DEFAULT: Security = {
  privileged: false,
  add: [],
  drop: [],
  escalation: true,
  nonRoot: false,
  user: null,
  group: null,
};

export function securityOf(profile: DebugProfile): Security {
  switch (profile) {
    case 'restricted':
      return { ...RUNTIME_DEFAULT, drop: ['ALL'], escalation: false, nonRoot: true };
    case 'baseline':
      return RUNTIME_DEFAULT;
    case 'general':
      return { ...RUNTIME_DEFAULT, add: ['SYS_PTRACE'] };
    case 'netadmin':
      return { ...RUNTIME_DEFAULT, add: ['NET_ADMIN', 'NET_RAW'] };
    case 'sysadmin':
      return { ...RUNTIME_DEFAULT, privileged: true };
    default:
      return profile satisfies never;
  }
}

/** Their capabilities are effective for root only. */
export function needsRoot(profile: DebugProfile): boolean {
  return profile === 'netadmin' || profile === 'sysadmin';
}

export function hostSecurity({ privileged, add, drop, escalation }: Security): object {
  return {
    Privileged: privileged,
    CapAdd: add,
    CapDrop: drop,
    SecurityOpt: escalation ? [] : ['no-new-privileges'],
  };
}

const Capability = z.string().regex(/^[A-Z_]{2,40}$/, 'not a capability');
const Id = z.int().min(0).max(4_294_967_294);

/** Fields of a Kubernetes container that this engine supports. */
const Custom = z.strictObject({
  env: z.array(z.strictObject({ name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), value: z.string() })).optional(),
  workingDir: z.string().startsWith('/').optional(),
  securityContext: z
    .strictObject({
      runAsUser: Id.optional(),
      runAsGroup: Id.optional(),
      privileged: z.boolean().optional(),
      capabilities: z
        .strictObject({ add: z.array(Capability).optional(), drop: z.array(Capability).optional() })
        .optional(),
    })
    .optional(),
});
export type Custom = z.infer<typeof Custom>;

/** @throws DeskpodError `invalid_request` with the first field that this engine does not support. */
export function parseCustom(custom: Readonly<Record<string, unknown>> | null): Custom {
  const parsed = Custom.safeParse(custom ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const field = [...(issue?.path ?? []), ...unknown].join('.');
  throw new DeskpodError('invalid_request', `The field ${field} of the custom container cannot be used here.`, {
    remedy:
      'On a single machine, use env, workingDir and, in securityContext, runAsUser, runAsGroup, privileged or capabilities.',
    cause: parsed.error,
  });
}

/** Merges as `kubectl debug --custom` does: given fields replace those of the profile. */
export function merged(security: Security, { securityContext: custom }: Custom): Security {
  return {
    ...security,
    privileged: custom?.privileged ?? security.privileged,
    add: custom?.capabilities?.add ?? security.add,
    drop: custom?.capabilities?.drop ?? security.drop,
    user: custom?.runAsUser ?? security.user,
    group: custom?.runAsGroup ?? security.group,
  };
}

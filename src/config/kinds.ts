/** Schemas for the values of settings, with messages that say what is valid. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { originText, parseOrigin } from '#domain/server/authority.ts';
import { canonicalName } from '#domain/server/hosts.ts';
import { Environment, PodSettings, Toleration } from '../protocol/app.ts';
import { parseQuantity } from './quantity.ts';

export const text = () => z.string().trim().min(1, 'is empty');

export const Network = z.union(
  [z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()],
  'is neither an address nor a network such as 10.0.0.0/8',
);
export const Host = text()
  .overwrite((host) => host.replace(/^\[(.*)\]$/, '$1'))
  .refine(
    (host) => isIP(host) > 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(host),
    'is neither an address nor a host name',
  );
/** Of a `Host` header: without scheme and port; `*.example.org` for all names below one, `*` for any. */
export const HostName = text().transform((given, context) => {
  const name = given === '*' ? given : canonicalName(given);
  if (name !== null && !name.slice(1).includes('*')) return name;
  context.addIssue({ code: 'custom', message: 'is not a host name such as desk.example.org or *.example.org' });
  return z.NEVER;
});
export const Origin = text().transform((given, context) => {
  const message = notAnOrigin(given);
  const [start = ''] = /^[a-z]+:\/\/[^/?#]*/i.exec(given) ?? [];
  const origin = message === null ? parseOrigin(start) : null;
  if (origin !== null) return originText(origin);
  context.addIssue({ code: 'custom', message: message ?? 'is not an address such as https://desk.example.org' });
  return z.NEVER;
});

function notAnOrigin(given: string): string | null {
  if (/^[a-z]+:\/\/[^/]*@/i.test(given)) return 'contains a user name: an origin is only scheme, host and port';
  if (given.includes('*')) return 'contains a *: list each origin in full, such as https://desk.example.org';
  if (/^wss?:\/\//i.test(given))
    return 'is the address of a WebSocket: use that of the page, such as https://desk.example.org';
  return null;
}

/** An amount of memory in bytes, given as a number or as `256Mi`. */
export const Bytes = quantity('is not an amount such as 256Mi or 1Gi').refine(
  Number.isInteger,
  'is not a whole number of bytes',
);

function quantity(message: string) {
  return z.union([z.string(), z.number()], message).transform((given, context) => {
    const value = parseQuantity(given);
    if (value !== null) return value;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

/** Environment variables; numbers and switches are converted to strings. */
export const Variables = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()], 'is not text').transform(String))
  .pipe(Environment);

/** Limits as in configuration files; parsed to `memoryBytes`, `cpus`, `processes`. */
export const GivenLimits = z
  .strictObject({
    memory: Bytes.optional(),
    cpus: quantity('is not a number of processors such as 0.5 or 500m').optional(),
    processes: z.int().min(1).max(4_194_304).optional(),
  })
  .transform(({ memory, cpus, processes }) => ({
    ...(memory !== undefined && { memoryBytes: memory }),
    ...(cpus !== undefined && { cpus }),
    ...(processes !== undefined && { processes }),
  }));

/** With a port: `10.1.2.3:445`, `10.1.2.0/24:445`, `[fd00::/64]:445`. */
const WITH_PORT = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/;
const Port = z.coerce.number().int().min(1).max(65_535);

export const Destination = text().transform((given, context) => {
  const [, ipv6, ipv4, digits] = WITH_PORT.exec(given) ?? [];
  const network = Network.safeParse(ipv6 ?? ipv4 ?? given);
  const port = digits === undefined ? null : Port.safeParse(digits);
  if (network.success && port?.success !== false) return { network: network.data, port: port?.data ?? null };
  context.addIssue({ code: 'custom', message: 'is not a network such as 10.0.0.0/8, 10.1.2.3:445 or [fd00::1]:445' });
  return z.NEVER;
});

export const Classes = z.record(
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'is not a name of letters, digits, dots and dashes'),
  z
    .strictObject({
      description: z.string().default(''),
      limits: GivenLimits.prefault({}),
      requests: GivenLimits.optional(),
      nodeSelector: z.record(z.string(), z.string()).optional(),
      tolerations: z.array(Toleration).optional(),
      runtimeClassName: text().optional(),
      egress: z.strictObject({ allow: z.array(Destination).default([]) }).optional(),
    })
    .transform(({ description, limits, egress, ...given }) => {
      const pod = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      return {
        description,
        limits,
        ...(Object.keys(pod).length > 0 ? { pod: PodSettings.parse(pod) } : {}),
        ...(egress === undefined ? {} : { egress }),
      };
    }),
);

export const DEFAULT_CLASSES: z.input<typeof Classes> = {
  default: {
    description: 'Default for apps without a class',
    limits: { memory: '1Gi', cpus: 1, processes: 512 },
  },
  bronze: { description: 'Small tools', limits: { memory: '512Mi', cpus: 0.5, processes: 256 } },
  silver: { description: 'Browsers and office', limits: { memory: '4Gi', cpus: 1, processes: 1024 } },
  gold: { description: 'Heavy work', limits: { memory: '8Gi', cpus: 1, processes: 2048 } },
};

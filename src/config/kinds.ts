/** The kinds of values that settings have, with messages that say what would be right. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { Environment, PodWishes, Toleration } from '../protocol/app.ts';
import { parseQuantity } from './quantity.ts';

export const text = () => z.string().trim().min(1, 'is empty');

export const Network = z.union(
  [z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()],
  'is neither an address nor a network such as 10.0.0.0/8',
);
export const Host = text().refine(
  (host) => isIP(host) > 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(host),
  'is neither an address nor a host name',
);
export const Origin = z
  .url({ protocol: /^https?$/, error: 'is not an address such as https://desk.example.org' })
  .transform((url) => new URL(url).origin);

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

/** Variables of a container; a number or a switch is taken as it is written. */
export const Variables = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()], 'is not text').transform(String))
  .pipe(Environment);

/** Limits as files give them; inside they are `memoryBytes`, `cpus`, `processes`. */
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
    })
    .transform(({ description, limits, ...given }) => {
      const pod = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      return { description, limits, ...(Object.keys(pod).length > 0 ? { pod: PodWishes.parse(pod) } : {}) };
    }),
);

export const DEFAULT_CLASSES: z.input<typeof Classes> = {
  default: {
    description: 'What an app gets when nothing else is said',
    limits: { memory: '1Gi', cpus: 1, processes: 512 },
  },
  bronze: { description: 'Small tools', limits: { memory: '512Mi', cpus: 0.5, processes: 256 } },
  silver: { description: 'Browsers and office', limits: { memory: '4Gi', cpus: 1, processes: 1024 } },
  gold: { description: 'Heavy work', limits: { memory: '8Gi', cpus: 1, processes: 2048 } },
};

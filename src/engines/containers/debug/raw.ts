/** The engine's own object of a container, secrets masked. */
import { stringify } from 'yaml';
import { z } from 'zod';
import { maskSecrets } from '#domain/launches/environment.ts';
import type { Target } from '#domain/ports/engine-launch.ts';
import type { Context } from '../context.ts';
import { findContainer } from './targets.ts';

const Anything = z.record(z.string(), z.unknown());
const Assignments = z.array(z.string());

export async function yamlOf(context: Context, target: Target): Promise<string> {
  const { container } = await findContainer(context, target);
  const object = await context.api.json(Anything, 'GET', `/containers/${container.Id}/json`);
  return stringify(masked(object), { lineWidth: 0 });
}

/** Masks every list of variables, wherever it is. */
export function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  const object = Anything.safeParse(value);
  if (!object.success) return value;
  return Object.fromEntries(
    Object.entries(object.data).map(([key, inner]) => {
      const variables = key === 'Env' ? Assignments.safeParse(inner) : null;
      return [key, variables?.success ? variables.data.map(maskedAssignment) : masked(inner)];
    }),
  );
}

function maskedAssignment(text: string): string {
  const equals = text.indexOf('=');
  if (equals < 0) return text;
  const [entry] = Object.entries(maskSecrets({ [text.slice(0, equals)]: text.slice(equals + 1) }));
  return entry === undefined ? text : entry.join('=');
}

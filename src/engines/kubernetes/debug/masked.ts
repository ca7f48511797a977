/** A pod for display: secrets in variables masked, managed fields removed. */
import { maskSecrets } from '#domain/launches/environment.ts';

/** A deep copy of the API server's object. Pure. */
export function masked(pod: unknown): unknown {
  return walk(pod, '');
}

function walk(value: unknown, field: string): unknown {
  if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z');
  if (Array.isArray(value)) return value.map((one) => (field === 'env' ? variable(one) : walk(one, '')));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, inner]) => name !== 'managedFields' && inner !== undefined)
      .map(([name, inner]) => [name, walk(inner, name)]),
  );
}

function variable(one: unknown): unknown {
  if (!isRecord(one) || typeof one['name'] !== 'string' || typeof one['value'] !== 'string') return walk(one, '');
  return { ...one, value: maskSecrets({ [one['name']]: one['value'] })[one['name']] };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Merges a partial container into a whole one, as `kubectl debug --custom` does. Pure. */
import { DeskpodError } from '#domain/errors.ts';

/** Refused by kubectl: other options set them, or this kind of container cannot have them. */
const REFUSED = ['name', 'image', 'command', 'lifecycle', 'volumeDevices'];
/** Lists whose elements are merged by a key; every other list is replaced. */
const KEYS: Readonly<Record<string, string>> = { env: 'name', volumeMounts: 'mountPath', ports: 'containerPort' };

export type Custom = Readonly<Record<string, unknown>>;

/** @throws DeskpodError `invalid_request` for what kubectl refuses. */
export function customized<T extends { readonly name: string }>(container: T, custom: Custom | null): T {
  if (custom === null) return container;
  const wrong = REFUSED.filter((field) => !isEmpty(custom[field]));
  if (wrong.length > 0) {
    throw new DeskpodError('invalid_request', `A custom container cannot set ${wrong.join(', ')}.`, {
      field: 'custom',
      remedy: 'Give name, image and command beside it.',
    });
  }
  const allowed = Object.fromEntries(Object.entries(custom).filter(([field]) => !REFUSED.includes(field)));
  return { ...container, ...merged({ ...container }, allowed), name: container.name };
}

function merged(target: Custom, patch: Custom): Record<string, unknown> {
  const result: Record<string, unknown> = { ...target };
  for (const [field, value] of Object.entries(patch)) {
    if (value === null || value === undefined) continue;
    const before = result[field];
    const key = KEYS[field];
    if (key !== undefined && Array.isArray(value) && Array.isArray(before)) result[field] = byKey(before, value, key);
    else result[field] = isRecord(value) && isRecord(before) ? merged(before, value) : value;
  }
  return result;
}

function byKey(before: readonly unknown[], patch: readonly unknown[], key: string): unknown[] {
  const result = [...before];
  for (const element of patch) {
    const at = result.findIndex((one) => isRecord(one) && isRecord(element) && one[key] === element[key]);
    const there = result[at];
    if (isRecord(there) && isRecord(element)) result[at] = merged(there, element);
    else result.push(element);
  }
  return result;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** The schema of the chart's values covers exactly the existing values. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';

const CHART = resolve(import.meta.dirname, '../../../deploy/kubernetes/chart');

const Values = z.record(z.string(), z.unknown());
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly additionalProperties?: unknown;
  readonly $ref?: string | undefined;
}
const Schema: z.ZodType<Schema> = z.lazy(() =>
  z.looseObject({
    properties: z.record(z.string(), Schema).optional(),
    additionalProperties: z.unknown().optional(),
    $ref: z.string().optional(),
  }),
);

const values = Values.parse(parse(readFileSync(join(CHART, 'values.yaml'), 'utf8')));
const schema = Schema.parse(JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8')));

/** Helm's own value, which a parent chart may set. */
const OF_HELM = new Set(['global']);

/** Paths of the leaf values: a free-form map and a definition count as one value. */
function described(node: Schema, path = ''): string[] {
  if (node.properties === undefined) return [path];
  return Object.entries(node.properties).flatMap(([name, child]) =>
    described(child, path === '' ? name : `${path}.${name}`),
  );
}

function given(node: unknown, under: Schema, path = ''): string[] {
  const object = Values.safeParse(node);
  if (!object.success || under.properties === undefined) return [path];
  return Object.entries(object.data).flatMap(([name, child]) =>
    given(child, under.properties?.[name] ?? {}, path === '' ? name : `${path}.${name}`),
  );
}

test('every value with a default is in the schema, and the reverse', () => {
  const inSchema = described(schema).filter((path) => !OF_HELM.has(path));
  assert.deepEqual(given(values, schema).toSorted(), inSchema.toSorted());
});

test('no object of the schema accepts unknown names', () => {
  const open = (node: Schema, path: string): string[] => [
    ...(node.properties !== undefined && node.additionalProperties !== false ? [path] : []),
    ...Object.entries(node.properties ?? {}).flatMap(([name, child]) => open(child, `${path}.${name}`)),
  ];
  assert.deepEqual(open(schema, 'values'), []);
});

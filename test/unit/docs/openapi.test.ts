/** The description of the API: kept next to the code, complete, and readable. `UPDATE_DOCS=1` regenerates it. */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { z } from 'zod';
import { shapeOf } from '#http/routes/docs-shape.ts';
import { SUMMARIES } from '#http/routes/summaries.ts';
import { fakeApi } from '../../fakes/api.ts';

const DOCUMENT = new URL('../../../docs/api/openapi.json', import.meta.url);
const Described = z.looseObject({
  info: z.looseObject({ version: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({ summary: z.string().optional() }))),
});

async function described(): Promise<z.infer<typeof Described>> {
  await using api = await fakeApi();
  return Described.parse((await api.app.inject({ url: '/api/v1/openapi.json' })).json());
}

test("docs/api/openapi.json equals the server's response", async () => {
  const now = await described();
  now.info.version = '1';
  const text = `${JSON.stringify(now, null, 2)}\n`;
  if (process.env['UPDATE_DOCS'] === '1') {
    await mkdir(new URL('.', DOCUMENT), { recursive: true });
    await writeFile(DOCUMENT, text);
  } else {
    const kept: unknown = JSON.parse(await readFile(DOCUMENT, 'utf8').catch(() => 'null'));
    assert.deepEqual(kept, JSON.parse(text), 'run this test with UPDATE_DOCS=1 and read the difference');
  }
});

test('every request has a description, and every description a request', async () => {
  const { paths } = await described();
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { summary }]) => ({ name: `${method.toUpperCase()} ${path}`, summary })),
  );
  assert.deepEqual(
    operations.filter(({ summary }) => summary === undefined),
    [],
  );
  assert.deepEqual(operations.map(({ name }) => name).toSorted(), Object.keys(SUMMARIES).toSorted());
});

test('schemas are shown as types', () => {
  const schema = z.toJSONSchema(
    z.object({ id: z.string(), tags: z.array(z.enum(['a', 'b'])), more: z.record(z.string(), z.int()).optional() }),
  );
  assert.equal(shapeOf(schema), '{ id: string; tags: ("a" | "b")[]; more?: { [name]: integer } }');
  const states = z.toJSONSchema(
    z.discriminatedUnion('state', [
      z.object({ state: z.literal('none') }),
      z.object({ state: z.literal('failed'), reason: z.string(), since: z.iso.datetime().nullable() }),
    ]),
  );
  assert.equal(
    shapeOf(states),
    '\n  | { state: "none" }\n  | { state: "failed"; reason: string; since: string (date-time) | null }',
  );
  assert.equal(shapeOf({ type: 'integer', nullable: true }), 'integer | null');
  assert.equal(shapeOf(true), 'unknown');
});

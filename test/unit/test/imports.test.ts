/** Which tests a change can affect. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distances, graphOf } from '../../runner/imports.ts';

const ALIASES = { '#domain/*': './src/domain/*', '#main': './src/main.ts' };

function affected(files: Record<string, string | null>, ...changed: string[]): Record<string, number> {
  const graph = graphOf({ files: new Map(Object.entries(files)), aliases: ALIASES });
  return Object.fromEntries(distances(graph, changed));
}

test('files that import a changed one are affected, directly or not, and the nearest come first', () => {
  const steps = affected(
    {
      'src/domain/names.ts': '',
      'src/domain/app.ts': "import { nameOf } from './names.ts';",
      'src/main.ts': "import { App } from '#domain/app.ts';",
      'test/unit/domain/names.test.ts': "import { nameOf } from '#domain/names.ts';",
      'test/unit/main.test.ts': "const { serve } = await import('#main');",
      'test/unit/other.test.ts': "import { test } from 'node:test';",
    },
    'src/domain/names.ts',
  );
  assert.deepEqual(steps, {
    'src/domain/names.ts': 0,
    'src/domain/app.ts': 1,
    'test/unit/domain/names.test.ts': 1,
    'src/main.ts': 2,
    'test/unit/main.test.ts': 3,
  });
});

test('cyclic imports end', () => {
  const steps = affected({ 'a.ts': "import './b.ts';", 'b.ts': "import './a.ts';" }, 'a.ts');
  assert.deepEqual(steps, { 'a.ts': 0, 'b.ts': 1 });
});

test('a test depends on the documents, folders and programs that it names', () => {
  const files = {
    'docs/config.md': null,
    'images/base/install': null,
    'bin/deskpod.mjs': "const script = join(ROOT, 'src/cli/cli.ts');",
    'src/cli/cli.ts': '',
    'test/unit/docs/config.test.ts': "const DOCUMENT = new URL('../../../docs/config.md', import.meta.url);",
    'test/unit/images/plan.test.ts': "planImages(join(ROOT, 'images'));",
    'test/e2e/start.test.ts': 'spawn(process.execPath, [`${ROOT}/bin/deskpod.mjs`, "start"]);',
  };
  assert.deepEqual(affected(files, 'docs/config.md'), { 'docs/config.md': 0, 'test/unit/docs/config.test.ts': 1 });
  assert.deepEqual(affected(files, 'images/base/install'), {
    'images/base/install': 0,
    'test/unit/images/plan.test.ts': 1,
  });
  assert.deepEqual(affected(files, 'src/cli/cli.ts'), {
    'src/cli/cli.ts': 0,
    'bin/deskpod.mjs': 1,
    'test/e2e/start.test.ts': 2,
  });
});

test('a type-only import is not a dependency, because it cannot make a test fail', () => {
  const files = {
    'a.ts': '',
    'b.ts': "import type { A } from './a.ts';",
    'c.ts': "import type {\n  A,\n} from './a.ts';",
  };
  assert.deepEqual(affected(files, 'a.ts'), { 'a.ts': 0 });
});

test('a removed file affects files that still name it', () => {
  assert.deepEqual(affected({ 'gone.ts': null, 'left.ts': "import './gone.ts';" }, 'gone.ts'), {
    'gone.ts': 0,
    'left.ts': 1,
  });
});

test("a word that is also a folder's name is a dependency only as part of a path", () => {
  const files = {
    'catalogue/a.json': null,
    'src/topic.ts': "publish('catalogue');",
    'src/path.ts': "join(root, 'catalogue');",
    'src/list.ts': "const SOURCES = ['catalogue', 'web'];",
  };
  assert.deepEqual(affected(files, 'catalogue/a.json'), { 'catalogue/a.json': 0, 'src/path.ts': 1, 'src/list.ts': 1 });
  assert.deepEqual(affected({ 'src/a.ts': '', 'web/b.ts': "join('src');" }, 'src/a.ts'), { 'src/a.ts': 0 });
});

/** The list of the user's default apps. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { defaultApps, lastName, withDefault } from '../../../web/apps/defaults.ts';

const app = (name: string, opens: readonly string[]) => ({
  id: `localhost/deskpod/${name}:1`,
  displayName: name.toUpperCase(),
  opens: [...opens],
  opensByDefault: false,
  availability: { state: 'ready' } as const,
});
const apps = [app('writer', ['.md', '.odt']), app('editor', ['.md', '.txt']), app('web', ['web:'])];
const idOf = (name: string): string => `localhost/deskpod/${name}:1`;

suite('default apps', () => {
  test('are listed with the apps that could open the same, links before extensions', () => {
    const rows = defaultApps({ '.md': idOf('editor'), 'web:': idOf('web') }, apps);
    assert.deepEqual(rows, [
      { kind: 'web:', app: idOf('web'), displayName: 'WEB', others: [] },
      {
        kind: '.md',
        app: idOf('editor'),
        displayName: 'EDITOR',
        others: [{ id: idOf('writer'), displayName: 'WRITER' }],
      },
    ]);
  });

  test('an app that is gone, or no longer opens this, has no name, and can be replaced', () => {
    const rows = defaultApps({ '.txt': idOf('notes'), '.odt': idOf('editor') }, apps);
    assert.deepEqual(
      rows.map(({ kind, displayName, others }) => [kind, displayName, others.map(({ displayName: name }) => name)]),
      [
        ['.odt', null, ['WRITER']],
        ['.txt', null, ['EDITOR']],
      ],
    );
    assert.equal(lastName('registry.example.org:5000/apps/notes:1.2'), 'notes');
    assert.equal(lastName('notes@sha256:ab'), 'notes');
  });

  test('change one by one, whatever the kind is called', () => {
    const before = { '.md': idOf('editor'), '.txt': idOf('editor') };
    assert.deepEqual(withDefault(before, '.md', idOf('writer')), { '.txt': idOf('editor'), '.md': idOf('writer') });
    assert.deepEqual(withDefault(before, '.md', null), { '.txt': idOf('editor') });
    assert.deepEqual(withDefault(before, '__proto__', null), before);
  });
});

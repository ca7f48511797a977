import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { planImages } from '#engines/containers/images/plan.ts';
import { catalogueNames } from '#setup/images/catalogue-names.ts';

const ROOT = resolve(import.meta.dirname, '../..');

test('an app is pushed under the names of the catalogue files, too, so that they can be pulled as they are', () => {
  const images = planImages(join(ROOT, 'images'), {}, new Map());
  const names = (name: string) =>
    images.filter((image) => image.name === name).flatMap((image) => catalogueNames(ROOT, image));
  assert.deepEqual(names('2048-gtk'), [{ name: '2048-alpine.d', tag: '3.0' }]);
  assert.deepEqual(names('shm-demo'), [
    { name: 'shm-demo-with-error.d', tag: '3.0' },
    { name: 'shm-demo.d', tag: '3.0' },
  ]);
  assert.deepEqual(names('desktop'), []);
});

import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { planImages } from '#containers-client/images/plan.ts';
import { catalogueNames } from '#setup/images/catalogue-names.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

test('an app is also pushed under the names in the catalogue files, so that these work unchanged', () => {
  const images = planImages(join(ROOT, 'images'), {}, new Map());
  const names = (name: string) =>
    images.filter((image) => image.name === name).flatMap((image) => catalogueNames(ROOT, image));
  assert.deepEqual(names('2048-gtk'), [{ name: '2048-alpine.d', tag: '3.0' }]);
  assert.deepEqual(names('shm-demo'), [
    { name: '2048-alpine-with-error.d', tag: '3.0' },
    { name: 'shm-demo-with-error.d', tag: '3.0' },
    { name: 'shm-demo.d', tag: '3.0' },
  ]);
  assert.deepEqual(names('desktop'), []);
});

/** The address of one app's page, below any prefix. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appInAddress } from '../../../web/apps/app-name.ts';

test('the last part of /app/NAME is the app; other pages have none', () => {
  assert.equal(appInAddress('/app/calculator', '/'), 'calculator');
  assert.equal(appInAddress('/desk/app/calculator', '/desk/'), 'calculator');
  assert.equal(appInAddress('/app/my%20app', '/'), 'my app');
  assert.equal(appInAddress('/app/100%', '/'), '100%');
  for (const path of ['/', '/app', '/app/', '/desk/', '/apps/x']) assert.equal(appInAddress(path, '/'), null, path);
});

/** The audit record of uploads that never become a file. */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { UnfinishedUploads } from '#gateway/files/unfinished.ts';

function uploads() {
  const recorded: [string, string, string, number][] = [];
  const made = new UnfinishedUploads({ fileUploadUnfinished: (...record) => void recorded.push(record) }, 1000);
  return { made, recorded };
}

test('an upload that nobody finishes is recorded once, with all its bytes, when nothing has come for a while', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const { made, recorded } = uploads();
  made.received('fry', 'd1', '/.deskpod-1.part', 10);
  mock.timers.tick(900);
  made.received('fry', 'd1', '/.deskpod-1.part', 5);
  mock.timers.tick(900);
  assert.deepEqual(recorded, []);
  mock.timers.tick(200);
  assert.deepEqual(recorded, [['fry', 'd1', '/.deskpod-1.part', 15]]);
  mock.timers.tick(5000);
  assert.equal(recorded.length, 1);
  mock.timers.reset();
});

test('one that became a file is not, nor one without bytes; the others are when the desktop or the server ends', () => {
  const { made, recorded } = uploads();
  made.received('fry', 'd1', '/a', 10);
  made.received('fry', 'd1', '/empty', 0);
  made.finished('d1', '/a');
  made.received('fry', 'd1', '/b', 10);
  made.received('amy', 'd2', '/b', 20);
  made.closeDesktop('d1');
  assert.deepEqual(recorded, [['fry', 'd1', '/b', 10]]);
  made.close();
  assert.deepEqual(recorded.slice(1), [['amy', 'd2', '/b', 20]]);
});

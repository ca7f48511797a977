import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dropRoot, type Identity } from '#processes/drop-root.ts';
import { failsWith } from '../../fixtures/fails-with.ts';

const ACCOUNT = { name: 'deskpod', uid: 998, gid: 997 };

/** A process as the kernel treats it: only root changes ids, and whoever gave them up can't get them back. */
class FakeProcess implements Identity {
  readonly calls: string[] = [];
  uid = 0;
  readonly forgetful: boolean;

  constructor({ forgetful = false } = {}) {
    this.forgetful = forgetful;
  }

  getuid(): number {
    return this.uid;
  }

  setgroups(groups: readonly number[]): void {
    this.#call(`groups ${groups.join()}`);
  }

  setgid(gid: number): void {
    this.#call(`gid ${gid}`);
  }

  setuid(uid: number): void {
    this.#call(`uid ${uid}`);
    this.uid = uid;
  }

  #call(text: string): void {
    if (this.uid !== 0 && !this.forgetful) throw new Error('EPERM');
    this.calls.push(text);
  }
}

test('groups and group are changed before the user, who could not change them', () => {
  const process = new FakeProcess();
  dropRoot(ACCOUNT, process);
  assert.deepEqual(process.calls, ['groups 997', 'gid 997', 'uid 998']);
});

test('a process that could become root again is an error', () => {
  assert.throws(() => dropRoot(ACCOUNT, new FakeProcess({ forgetful: true })), failsWith('internal_error', /give up/));
});

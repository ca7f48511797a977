/** When the microphone of a page is on: who is asked, who takes over, who ends it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordingProgram } from '#protocol/sound.ts';
import { type Captured, MicrophoneControl, type MicrophoneState } from '../../../web/sound/microphone-control.ts';

const program = (index: number): RecordingProgram => ({ index, program: 'Recorder', title: '', pid: 7, machine: null });

/** A page whose user answers when the test says so. */
class Stage {
  states: string[] = [];
  visible = true;
  secure = true;
  asked = 0;
  spoken = 0;
  hushed = 0;
  stopped = 0;
  answer = Promise.withResolvers<Captured>();
  lose: () => void = () => {};
  readonly control = new MicrophoneControl({
    capture: async (ended) => {
      this.asked += 1;
      this.lose = ended;
      return await this.answer.promise;
    },
    hush: () => (this.hushed += 1),
    isVisible: () => this.visible,
    isSecure: () => this.secure,
    show: (state) => this.states.push(nameOf(state)),
  });

  async grant(): Promise<void> {
    this.answer.resolve({
      speak: () => (this.spoken += 1),
      setMuted: () => {},
      stop: () => (this.stopped += 1),
    });
    await settled();
  }

  async refuse(name: string): Promise<void> {
    this.answer.reject(Object.assign(new Error(name), { name }));
    await settled();
  }

  get last(): string | undefined {
    return this.states.at(-1);
  }
}

function nameOf(state: MicrophoneState): string {
  if (state.state === 'failed') return state.problem;
  return state.state === 'on' && state.muted ? 'muted' : state.state;
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('the user is asked when a program begins to record, and not before', async () => {
  const stage = new Stage();
  stage.control.recording([]);
  assert.equal(stage.asked, 0);
  stage.control.recording([program(1)]);
  assert.deepEqual([stage.asked, stage.last, stage.spoken], [1, 'asking', 0]);
  await stage.grant();
  assert.deepEqual([stage.last, stage.spoken], ['on', 1]);
  stage.control.recording([program(1), program(2)]);
  assert.equal(stage.asked, 1);
  stage.control.setMuted(true);
  assert.equal(stage.last, 'muted');
  stage.control.recording([]);
  assert.deepEqual([stage.last, stage.stopped, stage.hushed], ['unused', 1, 1]);
});

test('a page in the background asks when it is seen', () => {
  const stage = new Stage();
  stage.visible = false;
  stage.control.recording([program(1)]);
  assert.equal(stage.asked, 0);
  stage.visible = true;
  stage.control.consider();
  assert.equal(stage.asked, 1);
});

test('who stopped it is asked again only for another program', async () => {
  const stage = new Stage();
  stage.control.recording([program(1)]);
  await stage.grant();
  stage.control.stop();
  assert.deepEqual([stage.last, stage.hushed], ['off', 1]);
  stage.control.recording([program(1)]);
  assert.equal(stage.asked, 1);
  stage.control.recording([program(1), program(2)]);
  assert.equal(stage.asked, 2);
});

test('an answer that comes after the program has ended turns nothing on', async () => {
  const stage = new Stage();
  stage.control.recording([program(1)]);
  stage.control.recording([]);
  await stage.grant();
  assert.deepEqual([stage.last, stage.spoken, stage.stopped], ['unused', 0, 1]);
});

test('each refusal has its reason', async () => {
  for (const [name, problem] of [
    ['NotAllowedError', 'denied'],
    ['NotFoundError', 'missing'],
    ['NotReadableError', 'busy'],
    ['TypeError', 'failed'],
  ] as const) {
    const stage = new Stage();
    stage.control.recording([program(1)]);
    await stage.refuse(name);
    assert.equal(stage.last, problem);
  }
  const forbidden = new Stage();
  forbidden.control.allow(false);
  forbidden.control.recording([program(1)]);
  assert.deepEqual([forbidden.last, forbidden.asked], ['forbidden', 0]);
  const insecure = new Stage();
  insecure.secure = false;
  insecure.control.recording([program(1)]);
  assert.deepEqual([insecure.last, insecure.asked], ['insecure', 0]);
});

test('another page takes over; this one does not take it back by itself', async () => {
  const stage = new Stage();
  stage.control.recording([program(1)]);
  await stage.grant();
  stage.control.speaker('you');
  stage.control.speaker('another');
  assert.deepEqual([stage.last, stage.hushed], ['elsewhere', 1]);
  stage.control.recording([program(1), program(2)]);
  assert.equal(stage.asked, 1);
  stage.control.speaker('nobody');
  assert.equal(stage.last, 'off');
});

test('after a lost connection, the page’s own former one is not taken for another page', async () => {
  const stage = new Stage();
  stage.control.recording([program(1)]);
  await stage.grant();
  stage.control.speaker('you');
  stage.control.disconnected();
  stage.control.speaker('another');
  assert.equal(stage.last, 'on');
  stage.control.speaker('you');
  stage.control.speaker('another');
  assert.equal(stage.last, 'elsewhere');
});

test('when the browser takes the microphone away, the page asks for another one', async () => {
  const stage = new Stage();
  stage.control.recording([program(1)]);
  await stage.grant();
  stage.answer = Promise.withResolvers();
  stage.lose();
  assert.deepEqual([stage.last, stage.hushed, stage.asked], ['asking', 1, 2]);
  await stage.refuse('NotFoundError');
  assert.equal(stage.last, 'missing');
});

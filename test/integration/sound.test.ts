/** What programs of a desktop play, recorded by the gateway from the real sound service. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, test, type TestContext } from 'node:test';
import OpusScript from 'opusscript';
import { connectTcp } from '#gateway/screen-connect.ts';
import { DesktopSound } from '#gateway/sound/desktop-sound.ts';
import type { Hearer } from '#gateway/sound/hearer.ts';
import { FRAME_SAMPLES, SOUND_RATE } from '#protocol/sound-frames.ts';
import { type Playing, type SoundCodec, type SoundNotice } from '#protocol/sound.ts';
import { appears, type Service, Services } from './service-kit.ts';

const PORT = 4713;
const FRAMES_PER_SECOND = SOUND_RATE / FRAME_SAMPLES;
const HERTZ = 440;
const LOUD = 8_000;

function reasonToSkip(): string | false {
  if (process.getuid?.() !== 0) return 'needs root';
  return spawnSync('podman', ['--version']).status === 0 ? false : 'podman is not installed';
}
const skip = reasonToSkip();

let services: Services;
let folder: string;
let service: Service;
let tmp: string;
before(async () => {
  if (skip !== false) return;
  services = await Services.open(['sound']);
  folder = services.secret('pulse-cookie', randomBytes(256));
  tmp = services.volume('sound-tmp');
  service = await services.start('sound', { mounts: { '/tmp': tmp, '/run/deskpod/secret': folder } });
});
after(async () => services?.[Symbol.asyncDispose]());

/** Collects what it hears. */
class Ear implements Hearer {
  codec: SoundCodec = 'pcm';
  readonly frames: Buffer[] = [];
  readonly starts: number[] = [];
  playing: readonly Playing[] = [];
  /** How often it was told what plays while the service was connected. */
  looks = 0;
  readonly up: boolean[] = [];

  hear(frame: Buffer, starts: boolean): void {
    if (starts) this.starts.push(this.frames.length);
    this.frames.push(frame);
  }

  note(notice: SoundNotice): void {
    if (notice.kind === 'service') this.up.push(notice.up);
    else {
      this.playing = notice.inputs;
      if (this.up.at(-1)) this.looks += 1;
    }
  }

  /** Of the left channel, from the first sample that isn't silent. */
  samples(): number[] {
    const all = this.frames.flatMap((frame) =>
      Array.from({ length: FRAME_SAMPLES }, (_, at) => frame.readInt16LE(at * 4)),
    );
    return all.slice(all.findIndex((sample) => Math.abs(sample) > LOUD / 4));
  }
}

function listen(t: TestContext, ear: Ear, cookie = readFileSync(join(folder, 'pulse-cookie'))): DesktopSound {
  const sound = new DesktopSound({
    cookie,
    runs: async () => {},
    connect: async (signal) => connectTcp({ host: await service.address(), port: PORT }, signal),
    lost: () => {},
  });
  sound.add(ear);
  t.after(() => sound.remove(ear));
  return sound;
}

/** A program that plays a tone for some seconds. Its buffer is large, so that it has no gaps of its own on a busy machine. */
function play(seconds: number, more = ''): Promise<{ code: number; output: string }> {
  const tone = `perl -e 'binmode STDOUT; for (0..${SOUND_RATE * seconds - 1}) { print pack("s<2", (${LOUD} * sin($_ * 2 * 3.14159265358979 * ${HERTZ} / ${SOUND_RATE})) x 2) }'`;
  return services.run('sound', {
    command: [
      'sh',
      '-c',
      `${tone} >/tmp/tone; pacat --playback --raw --rate=${SOUND_RATE} --latency-msec=400 ${more} /tmp/tone`,
    ],
    env: {
      HOME: '/tmp',
      PULSE_SERVER: 'unix:/desktop/.pulseaudio/pulse.sock',
      PULSE_COOKIE: '/run/deskpod/pulse-cookie',
    },
    mounts: { '/run/deskpod': folder, '/desktop': tmp },
  });
}

/** Waits for the first look at what plays, or for the next one after the service was lost. */
function connected(ear: Ear): Promise<true> {
  const before = ear.up.at(-1) === false ? ear.looks : 0;
  return appears(async () => (ear.up.at(-1) && ear.looks > before) || null, 'the sound service');
}
const ended = (ear: Ear): Promise<true> => appears(async () => ear.playing.length === 0 || null, 'the end');

test('a tone is heard without a gap, and nothing is sent before and after it', { skip }, async (t) => {
  const ear = new Ear();
  listen(t, ear);
  await connected(ear);
  assert.equal(ear.frames.length, 0);
  const playing = play(3, '--client-name=Tone');
  await appears(async () => ear.playing[0] ?? null, 'the program');
  assert.equal(ear.playing[0]?.program, 'Tone');
  assert.ok((ear.playing[0]?.pid ?? 0) > 0);
  const { code, output } = await playing;
  assert.equal(code, 0, output);
  await ended(ear);
  assert.deepEqual(ear.starts, [0], 'it is heard in one piece');
  const error = differenceFromTone(ear.samples().slice(0, SOUND_RATE * 2.8));
  assert.ok(error <= 2, `a sample differs by ${error}`);
  const count = ear.frames.length;
  assert.ok(count < 3 * FRAMES_PER_SECOND + 60, `${count} frames`);
});

test('the tone survives the encoder', { skip }, async (t) => {
  const ear = new Ear();
  ear.codec = 'opus';
  listen(t, ear);
  await connected(ear);
  const { code, output } = await play(2);
  assert.equal(code, 0, output);
  const decoder = new OpusScript(SOUND_RATE, 2);
  t.after(() => decoder.delete());
  const bytes = ear.frames.reduce((sum, { length }) => sum + length, 0);
  assert.ok(bytes / ear.frames.length < 200, 'less than 160 kbit/s');
  const decoded = new Ear();
  decoded.frames.push(...ear.frames.map((frame) => decoder.decode(frame)));
  // The first 100 ms are the encoder's own way to the tone.
  const error = differenceFromTone(decoded.samples().slice(SOUND_RATE / 10, SOUND_RATE * 1.8));
  assert.ok(error < LOUD / 10, `a sample differs by ${error}`);
});

test('who listens hears a program that starts after the service was killed', { skip }, async (t) => {
  const ear = new Ear();
  listen(t, ear);
  await connected(ear);
  await service.kill();
  await appears(async () => (ear.up.at(-1) === false ? true : null), 'the loss of the service');
  await service.startAgain();
  await connected(ear);
  const { code, output } = await play(1);
  assert.equal(code, 0, output);
  assert.ok(ear.frames.length > FRAMES_PER_SECOND / 2, `${ear.frames.length} frames`);
});

test('a wrong cookie hears nothing', { skip }, async (t) => {
  const ear = new Ear();
  listen(t, ear, randomBytes(256));
  await appears(async () => (ear.up.includes(false) ? true : null), 'the refusal');
  assert.equal(ear.looks, 0);
});

/** The largest difference of a sample from a tone of the same phase. */
function differenceFromTone(samples: readonly number[]): number {
  const step = (2 * Math.PI * HERTZ) / SOUND_RATE;
  const base = samples.slice(0, SOUND_RATE / 10);
  const sine = base.reduce((sum, sample, at) => sum + sample * Math.sin(at * step), 0);
  const cosine = base.reduce((sum, sample, at) => sum + sample * Math.cos(at * step), 0);
  const phase = Math.atan2(cosine, sine);
  return samples.reduce((most, sample, at) => Math.max(most, Math.abs(sample - LOUD * Math.sin(at * step + phase))), 0);
}

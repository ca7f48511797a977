/** What programs of a desktop play, recorded by the gateway from the real sound service. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, test, type TestContext } from 'node:test';
import OpusScript from 'opusscript';
import { connectTcp } from '#gateway/screen-connect.ts';
import { DesktopSound, type Listening } from '#gateway/sound/desktop-sound.ts';
import { FRAME_SAMPLES, SOUND_RATE, SPOKEN_PER_SECOND, SPOKEN_SAMPLES } from '#protocol/sound-frames.ts';
import type { Playing, RecordingProgram, SoundCodec, SoundNotice, Speaker } from '#protocol/sound.ts';
import { appears, type Service, Services } from './service-kit.ts';

const PORT = 4713;
const FRAMES_PER_SECOND = SOUND_RATE / FRAME_SAMPLES;
const HERTZ = 440;
const LOUD = 8_000;
const STEP = (2 * Math.PI * HERTZ) / SOUND_RATE;
const PULSE = {
  HOME: '/tmp',
  PULSE_SERVER: 'unix:/desktop/.pulseaudio/pulse.sock',
  PULSE_COOKIE: '/run/deskpod/pulse-cookie',
};

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
class Ear implements Listening {
  readonly userId = 'fry';
  recording: readonly RecordingProgram[] = [];
  speaker: Speaker = 'nobody';
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
    else if (notice.kind === 'recording') this.recording = notice.programs;
    else if (notice.kind === 'speaker') this.speaker = notice.who;
    else if (notice.kind === 'playing') {
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
    began: () => {},
    ended: () => {},
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
    env: PULSE,
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

/** Says a tone like a page: 20 ms at a time, in time, until the signal aborts. */
async function say(sound: DesktopSound, ear: Ear, codec: 'opus' | 'pcm', until: AbortSignal): Promise<void> {
  const encoder = new OpusScript(SOUND_RATE, 1);
  const begun = performance.now();
  for (let sent = 0; !until.aborted; sent += 1) {
    const pcm = Buffer.alloc(SPOKEN_SAMPLES * 2);
    for (let at = 0; at < SPOKEN_SAMPLES; at++)
      pcm.writeInt16LE(Math.round(LOUD * Math.sin((sent * SPOKEN_SAMPLES + at) * STEP)), at * 2);
    assert.ok(sound.spoken(ear, codec === 'pcm' ? pcm : encoder.encode(pcm, SPOKEN_SAMPLES)));
    const due = begun + ((sent + 1) * 1_000) / SPOKEN_PER_SECOND;
    await delay(Math.max(0, due - performance.now()));
  }
  encoder.delete();
}

/** A program that records the microphone for some seconds, and says how much of the tone and of anything else it got at most. */
async function record(seconds: number): Promise<{ tone: number; rest: number }> {
  // Of the 50 ms with most of the tone: a busy machine leaves gaps, after which the tone has another phase.
  const analysis = `perl -e 'binmode STDIN; local $/; my @s = unpack("s<*", <STDIN>); my $n = @s; my ($t, $m) = (0, 0); while (@s >= 2400) { my @w = splice @s, 0, 2400; my ($x, $y, $p) = (0, 0, 0); for (0..2399) { $x += $w[$_] * sin($_ * ${STEP}); $y += $w[$_] * cos($_ * ${STEP}); $p += $w[$_] ** 2 } my $of = 2 * sqrt($x*$x+$y*$y) / 2400; ($t, $m) = ($of, $p / 2400) if $of > $t } printf "%d %.1f %.1f\\n", $n, $t, sqrt($m)'`;
  const { code, output } = await services.run('sound', {
    command: [
      'sh',
      '-c',
      `parec --raw --rate=${SOUND_RATE} --channels=1 --latency-msec=50 --client-name=Recorder 2>/dev/null | head -c ${SOUND_RATE * 2 * seconds} | ${analysis}`,
    ],
    env: PULSE,
    mounts: { '/run/deskpod': folder, '/desktop': tmp },
  });
  assert.equal(code, 0, output);
  const [count = 0, tone = 0, effective = 0] = output.trim().split(' ').map(Number);
  assert.ok(count >= SOUND_RATE, output);
  return { tone, rest: Math.sqrt(Math.max(0, effective ** 2 - tone ** 2 / 2)) };
}

for (const codec of ['pcm', 'opus'] as const) {
  test(`a program records the tone that a page says as ${codec}`, { skip }, async (t) => {
    const ear = new Ear();
    const sound = listen(t, ear);
    await connected(ear);
    const recorded = record(4);
    await appears(async () => ear.recording[0] ?? null, 'the program that records');
    assert.deepEqual(
      ear.recording.map(({ program }) => program),
      ['Recorder'],
    );
    sound.speak(ear, codec);
    const silent = new AbortController();
    t.after(() => silent.abort());
    const saying = say(sound, ear, codec, silent.signal);
    await appears(async () => (ear.speaker === 'you' ? true : null), 'our own turn');
    const { tone, rest } = await recorded;
    silent.abort();
    await saying;
    assert.ok(tone > LOUD * 0.7, `${tone} of the tone`);
    assert.ok(rest < LOUD * 0.4, `${rest} besides`);
    await appears(async () => (ear.recording.length === 0 && ear.speaker === 'nobody') || null, 'the end');
  });
}

test('a program that records hears silence while nobody speaks', { skip }, async (t) => {
  const ear = new Ear();
  listen(t, ear);
  await connected(ear);
  const { tone, rest } = await record(2);
  assert.deepEqual([tone, rest], [0, 0]);
});

test('a wrong cookie hears nothing', { skip }, async (t) => {
  const ear = new Ear();
  listen(t, ear, randomBytes(256));
  await appears(async () => (ear.up.includes(false) ? true : null), 'the refusal');
  assert.equal(ear.looks, 0);
});

/** The largest difference of a sample from a tone of the same phase. */
function differenceFromTone(samples: readonly number[]): number {
  const base = samples.slice(0, SOUND_RATE / 10);
  const sine = base.reduce((sum, sample, at) => sum + sample * Math.sin(at * STEP), 0);
  const cosine = base.reduce((sum, sample, at) => sum + sample * Math.cos(at * STEP), 0);
  const phase = Math.atan2(cosine, sine);
  return samples.reduce((most, sample, at) => Math.max(most, Math.abs(sample - LOUD * Math.sin(at * STEP + phase))), 0);
}

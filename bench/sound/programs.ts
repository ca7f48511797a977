/** Programs of the desktop that play or scroll: each is the command of a terminal, until it is stopped. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import type { Stage } from '../stage.ts';
import { clicks, LOUD, tone, TONE } from './samples.ts';

const USER = 'fry';
const FOLDER = '.bench-sound';
/** Different ones, so that clicks meet every place of a frame. */
const PAUSES_MS = [613, 547, 671, 589, 707, 563, 629, 691];
const PACAT = 'pacat --playback --raw --rate=48000 --format=s16le --channels=2';
/** Rows of a terminal that fills the screen, and times a second that they all change. */
const ROWS = 48;
const SCROLLS = 30;
/** Until the recording has stopped again. */
const PAUSE_S = 4;

export const STARTS = '.bench-starts';

const COMMANDS = {
  /** Without end. */
  tone: `while :; do cat ~/${FOLDER}/tone; done | ${PACAT} --latency-msec=300`,
  clicks: `while :; do cat ~/${FOLDER}/clicks; done | ${PACAT} --latency-msec=100`,
  /** Something short again and again, as a program of its own each time, which notes when it starts. */
  starts: `export LC_ALL=C; while :; do echo $EPOCHREALTIME >>~/${STARTS}; ${PACAT} --latency-msec=50 <~/${FOLDER}/loud; sleep ${PAUSE_S}; done`,
  scrolling: `export R=${ROWS} S=${SCROLLS}; exec perl -e '$| = 1; for (my $n = 0; ; $n++) { print map { "$n $_ " . join(" ", map { $n * $_ } 1 .. 24) . "\\n" } 1 .. $ENV{R}; select undef, undef, undef, 1 / $ENV{S} }'`,
} as const;

/** Writes what they play into the home folder. */
export async function writeSamples({ product }: Stage): Promise<void> {
  const file = (name: string): string => product.home(USER, FOLDER, name);
  await mkdir(product.home(USER, FOLDER), { recursive: true });
  await writeFile(file('tone'), tone(1, TONE));
  await writeFile(file('loud'), tone(0.5, LOUD));
  await writeFile(file('clicks'), clicks(PAUSES_MS));
}

export async function removeSamples({ product }: Stage): Promise<void> {
  for (const name of [FOLDER, STARTS]) await rm(product.home(USER, name), { recursive: true, force: true });
}

/** Returns a function that ends it. */
export async function runs({ client }: Stage, program: keyof typeof COMMANDS): Promise<() => Promise<void>> {
  const size = program === 'scrolling' ? ['-fullscreen'] : [];
  const args = [...size, '-e', 'bash', '-c', COMMANDS[program]];
  const { id } = await client.launches.start({ app: 'terminal', args });
  return () => client.launches.stop(id);
}

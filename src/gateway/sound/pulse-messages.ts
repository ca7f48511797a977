/** The messages of PulseAudio's native protocol (`pulsecore/native-common.h`) that the gateway sends and reads. */
import { PulseError } from './pulse-error.ts';
import { type Properties, TagReader, type TagWriter } from './pulse-tagstruct.ts';

/** Announced to the server, which then speaks it: the one in which streams that are paused can be told. */
const PROTOCOL_VERSION = 20;
const NONE = 0xff_ff_ff_ff;
/** `PA_VOLUME_NORM` */
const FULL_VOLUME = 65_536;
/** `PA_SUBSCRIPTION_MASK_SINK_INPUT` and `PA_SUBSCRIPTION_MASK_SOURCE_OUTPUT` */
const STREAMS = 0x04 | 0x08;
/** Descriptions of streams in one reply: a program can open many. */
const MAX_INPUTS = 256;
const S16LE = 3;
const MONO = 0;
const FRONT_LEFT = 1;
const FRONT_RIGHT = 2;

export const COOKIE_BYTES = 256;
/** What the gateway calls itself. */
export const CLIENT_NAME = 'Deskpod';

export const Command = {
  error: 0,
  reply: 2,
  createPlaybackStream: 3,
  deletePlaybackStream: 4,
  createRecordStream: 5,
  auth: 8,
  setClientName: 9,
  lookupSink: 10,
  lookupSource: 11,
  listSinkInputs: 30,
  listSourceOutputs: 32,
  subscribe: 35,
  setSinkInputVolume: 37,
  corkRecordStream: 58,
  request: 61,
  playbackStreamKilled: 64,
  recordStreamKilled: 65,
  subscribeEvent: 66,
  setSinkInputMute: 69,
} as const;

/** `PA_ERR_*` by number, as far as people understand them. */
const REASONS: Readonly<Record<number, string>> = {
  1: 'access denied',
  5: 'there is no such stream or device',
  8: 'it does not answer in time',
  18: 'it has too many streams',
};

/** What a program plays or records. */
export interface PulseStream {
  readonly index: number;
  /** The sink that it plays to, or the source that it records from. */
  readonly device: number;
  /** What the program calls itself and the stream; empty if it doesn't say. */
  readonly program: string;
  readonly title: string;
  /** As the program says: its process id, in its own view, and the name of its machine. */
  readonly pid: number | null;
  readonly machine: string | null;
  /** It plays or records nothing at the moment. */
  readonly paused: boolean;
}

export interface SinkInput extends PulseStream {
  /** 1 is 100 %. */
  readonly volume: number;
  readonly muted: boolean;
}

export interface SourceOutput extends PulseStream {
  /** It measures the level only, as mixers do for every source. */
  readonly isMeter: boolean;
}

export interface Recording {
  readonly source: string;
  readonly rate: number;
  /** How many bytes the server sends at once: 4 for each sample of two channels. */
  readonly fragmentBytes: number;
}

/** Of one channel. */
export interface Playback {
  readonly sink: string;
  readonly rate: number;
  /** How many bytes the server keeps at most, how many it waits for before it plays, and in which steps it asks for more. */
  readonly mostBytes: number;
  readonly startBytes: number;
  readonly stepBytes: number;
}

export interface IncomingMessage {
  readonly command: number;
  /** Of the request that it answers. */
  readonly tag: number;
  readonly body: TagReader;
}

export function parseMessage(bytes: Buffer): IncomingMessage {
  const body = new TagReader(bytes);
  return { command: body.u32(), tag: body.u32(), body };
}

export function auth(writer: TagWriter, cookie: Buffer): void {
  if (cookie.length !== COOKIE_BYTES) throw new PulseError(`The cookie has ${cookie.length} bytes.`);
  writer.u32(PROTOCOL_VERSION).arbitrary(cookie);
}

export function checkAuth(body: TagReader): void {
  // The upper half says what the server supports besides.
  const version = body.u32() & 0xff_ff;
  if (version < PROTOCOL_VERSION)
    throw new PulseError(`The sound server speaks protocol ${version}, which is too old.`);
}

export function clientName(writer: TagWriter): void {
  writer.properties({ 'application.name': CLIENT_NAME });
}

export function subscribe(writer: TagWriter): void {
  writer.u32(STREAMS);
}

/** Stereo with 16 bits, little endian. It starts paused. */
export function createRecordStream(writer: TagWriter, { source, rate, fragmentBytes }: Recording): void {
  const flags = { noRemap: false, noRemix: false, fixFormat: false, fixRate: false, fixChannels: false };
  writer
    .sampleSpec({ format: S16LE, channels: 2, rate })
    .channelMap([FRONT_LEFT, FRONT_RIGHT])
    .u32(NONE)
    .string(source)
    // The server's own limit for what it keeps while nobody reads.
    .u32(NONE)
    .bool(true)
    .u32(fragmentBytes);
  for (const flag of Object.values(flags)) writer.bool(flag);
  const noMove = true;
  const variableRate = false;
  const peakDetect = false;
  const adjustLatency = true;
  writer.bool(noMove).bool(variableRate).bool(peakDetect).bool(adjustLatency);
  writer.properties({ 'media.name': 'Listeners of the desktop' }).u32(NONE);
  const earlyRequests = false;
  const allowsSuspend = false;
  const failsOnSuspend = false;
  writer.bool(earlyRequests).bool(allowsSuspend).bool(failsOnSuspend);
}

/** Starts to play by itself, and after a gap waits for `startBytes` again. */
export function createPlaybackStream(writer: TagWriter, playback: Playback): void {
  const { sink, rate, mostBytes, startBytes, stepBytes } = playback;
  const paused = false;
  writer
    .sampleSpec({ format: S16LE, channels: 1, rate })
    .channelMap([MONO])
    .u32(NONE)
    .string(sink)
    .u32(mostBytes)
    .bool(paused)
    .u32(mostBytes)
    .u32(startBytes)
    .u32(stepBytes);
  const syncWith = 0;
  writer.u32(syncWith).volumes([FULL_VOLUME]);
  const flags = { noRemap: false, noRemix: false, fixFormat: false, fixRate: false, fixChannels: false };
  for (const flag of Object.values(flags)) writer.bool(flag);
  const noMove = true;
  const variableRate = false;
  const muted = false;
  const adjustLatency = false;
  writer.bool(noMove).bool(variableRate).bool(muted).bool(adjustLatency);
  writer.properties({ 'media.name': 'Microphone of the browser', 'media.role': 'phone' });
  const setsVolume = true;
  // The sink then takes samples in steps of `stepBytes`, whatever is kept: the shortest delay.
  const earlyRequests = true;
  const setsMuted = true;
  const allowsSuspend = false;
  const failsOnSuspend = false;
  writer.bool(setsVolume).bool(earlyRequests).bool(setsMuted).bool(allowsSuspend).bool(failsOnSuspend);
  const relativeVolume = false;
  const passthrough = false;
  writer.bool(relativeVolume).bool(passthrough);
}

/** The numbers of the stream for its samples and in lists, and how many bytes the server wants now. */
export function parsePlayback(body: TagReader): { channel: number; index: number; wanted: number } {
  return { channel: body.u32(), index: body.u32(), wanted: body.u32() };
}

/** The number under which the server sends the samples. */
export function channelOf(body: TagReader): number {
  return body.u32();
}

export function pauseRecordStream(writer: TagWriter, channel: number, paused: boolean): void {
  writer.u32(channel).bool(paused);
}

export function setVolume(writer: TagWriter, index: number, volume: number): void {
  writer.u32(index).volumes([Math.round(volume * FULL_VOLUME)]);
}

export function setMuted(writer: TagWriter, index: number, muted: boolean): void {
  writer.u32(index).bool(muted);
}

export function parseSinkInputs(body: TagReader): SinkInput[] {
  const found: SinkInput[] = [];
  while (!body.isAtEnd && found.length < MAX_INPUTS) found.push(parseSinkInput(body));
  return found;
}

export function parseSourceOutputs(body: TagReader): SourceOutput[] {
  const found: SourceOutput[] = [];
  while (!body.isAtEnd && found.length < MAX_INPUTS) found.push(parseSourceOutput(body));
  return found;
}

export function parseError(body: TagReader): PulseError {
  const code = body.u32();
  return new PulseError(`The sound server refused a request: ${REASONS[code] ?? `error ${code}`}.`);
}

function parseSinkInput(body: TagReader): SinkInput {
  const index = body.u32();
  const title = body.string() ?? '';
  for (const _ of ['module', 'client']) body.u32();
  const device = body.u32();
  body.sampleSpec();
  body.channelMap();
  const volumes = body.volumes();
  body.usec();
  body.usec();
  for (const _ of ['resampling', 'driver']) body.string();
  const muted = body.bool();
  const properties = body.properties();
  const paused = body.bool();
  for (const _ of ['has a volume', 'its volume can be set']) body.bool();
  return {
    index,
    device,
    title,
    ...programOf(properties),
    volume: Math.max(0, ...volumes) / FULL_VOLUME,
    muted,
    paused,
  };
}

function parseSourceOutput(body: TagReader): SourceOutput {
  const index = body.u32();
  const title = body.string() ?? '';
  for (const _ of ['module', 'client']) body.u32();
  const device = body.u32();
  body.sampleSpec();
  body.channelMap();
  for (const _ of ['of its buffer', 'of the source']) body.usec();
  const isMeter = body.string() === 'peaks';
  // The driver.
  body.string();
  const properties = body.properties();
  const paused = body.bool();
  return { index, device, title, ...programOf(properties), paused, isMeter };
}

function programOf(properties: Properties): Pick<PulseStream, 'program' | 'pid' | 'machine'> {
  const pid = Number(properties.get('application.process.id'));
  return {
    program: properties.get('application.name') ?? properties.get('application.process.binary') ?? '',
    pid: Number.isSafeInteger(pid) && pid > 0 ? pid : null,
    machine: properties.get('application.process.host') ?? null,
  };
}

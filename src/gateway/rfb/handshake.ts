/** The RFB handshake with a desktop: version, password, shared session. The viewer isn't involved. */
import type { Duplex } from 'node:stream';
import { DeskpodError, messageOf } from '#domain/errors.ts';
import { readExactly } from './read.ts';
import { vncAuthResponse } from './vnc-auth.ts';

const VERSION = 'RFB 003.008\n';
const VNC_AUTH = 2;
const MAX_REASON_BYTES = 1024;
const MAX_NAME_BYTES = 4096;
const SERVER_INIT_BYTES = 24;
/** Shared: other viewers of the desktop stay connected. */
const CLIENT_INIT = Buffer.from([1]);

/**
 * Returns the server's ServerInit message; what follows stays in the stream. `first` is sent in one write with
 * ClientInit, before the server can send anything else. `engine_unavailable` if the server refuses or isn't an RFB server.
 */
export async function enterDesktop(
  stream: Duplex,
  password: string,
  first: Buffer,
  signal: AbortSignal,
): Promise<Buffer> {
  const read = (count: number): Promise<Buffer> => readExactly(stream, count, signal);
  try {
    const version = (await read(VERSION.length)).toString('latin1');
    if (!/^RFB 003\.00[89]\n$/.test(version)) throw refused(`it speaks ${JSON.stringify(version)}`);
    stream.write(VERSION);
    await authenticate(stream, password, read);
    stream.write(Buffer.concat([CLIENT_INIT, first]));
    const init = await read(SERVER_INIT_BYTES);
    const nameBytes = init.readUInt32BE(SERVER_INIT_BYTES - 4);
    if (nameBytes > MAX_NAME_BYTES) throw refused('its name is too long');
    return nameBytes === 0 ? init : Buffer.concat([init, await read(nameBytes)]);
  } catch (error) {
    if (error instanceof DeskpodError) throw error;
    const why = signal.aborted ? "it didn't respond in time" : messageOf(error);
    throw refused(why, error);
  }
}

async function authenticate(stream: Duplex, password: string, read: (count: number) => Promise<Buffer>): Promise<void> {
  const [count = 0] = await read(1);
  if (count === 0) throw refused(await readReason(read));
  // Without a password, nothing would prove that this is the ticket's desktop.
  if (!(await read(count)).includes(VNC_AUTH)) throw refused('it does not ask for the password');
  stream.write(Buffer.from([VNC_AUTH]));
  stream.write(vncAuthResponse(password, await read(16)));
  const result = (await read(4)).readUInt32BE(0);
  if (result !== 0) throw refused(await readReason(read));
}

async function readReason(read: (count: number) => Promise<Buffer>): Promise<string> {
  const length = (await read(4)).readUInt32BE(0);
  return length > 0 && length <= MAX_REASON_BYTES ? (await read(length)).toString('utf8') : 'no reason given';
}

function refused(why: string, cause?: unknown): DeskpodError {
  return new DeskpodError('engine_unavailable', `The desktop's screen can't be used: ${why}.`, {
    remedy: 'Try again. If it keeps failing, start a new desktop.',
    cause,
  });
}

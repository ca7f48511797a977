/** The credentials of a desktop: random, in the file formats of Xvnc and X clients. */
import { createCipheriv, createHash, randomBytes, randomInt } from 'node:crypto';
import { z } from 'zod';
import type { DesktopCredentials } from '#domain/ports/engine.ts';

const PASSWORD_LENGTH = 8;
const PASSWORD_LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';
const COOKIE_BYTES = 16;
/** PulseAudio's, `PA_NATIVE_COOKIE_LENGTH`. */
const SOUND_COOKIE_BYTES = 256;
const FILES_PASSWORD_BYTES = 24;
const VIDEO_KEY_BYTES = 32;
/** What print dialogs show. Names of queues have no spaces. */
export const PRINTER = 'Print_to_my_computer';
const COOKIE_NAME = 'MIT-MAGIC-COOKIE-1';
const FAMILY_WILD = 0xffff;
/** VNC's fixed key: it only obfuscates the file, whose mode protects it. */
const OBFUSCATION_KEY = Buffer.from([23, 82, 107, 6, 35, 78, 88, 7]);

/** As stored in the desktop's folder. */
export const StoredCredentials: z.ZodType<DesktopCredentials> = z.object({
  vncPassword: z.string().min(1).max(PASSWORD_LENGTH),
  xCookie: z.string().regex(/^[0-9a-f]{32}$/),
  // Desktops of earlier versions have no services.
  filesPassword: z.string().default(''),
  soundCookie: z.string().default(''),
  printQueue: z.string().default(''),
  videoKey: z.string().default(''),
});

export function newCredentials(): DesktopCredentials {
  const letters = Array.from({ length: PASSWORD_LENGTH }, () =>
    PASSWORD_LETTERS.charAt(randomInt(PASSWORD_LETTERS.length)),
  );
  return {
    vncPassword: letters.join(''),
    xCookie: randomBytes(COOKIE_BYTES).toString('hex'),
    filesPassword: randomBytes(FILES_PASSWORD_BYTES).toString('base64url'),
    soundCookie: randomBytes(SOUND_COOKIE_BYTES).toString('base64'),
    printQueue: `${PRINTER}_${randomBytes(12).toString('hex')}`,
    videoKey: randomBytes(VIDEO_KEY_BYTES).toString('hex'),
  };
}

/** The content of the files service's `htpasswd`. */
export function htpasswdFile(filesPassword: string): string {
  return `deskpod:{SHA}${createHash('sha1').update(filesPassword).digest('base64')}\n`;
}

/** The content of a vncpasswd file: the first 8 bytes, single DES in VNC's mirrored bit order. */
export function vncPasswordFile(password: string): Buffer {
  const key = OBFUSCATION_KEY.map(mirrored);
  const plain = Buffer.alloc(PASSWORD_LENGTH);
  plain.write(password, 'latin1');
  // Single DES is triple DES with one key three times; OpenSSL 3 only has the latter.
  const cipher = createCipheriv('des-ede3-ecb', Buffer.concat([key, key, key]), null).setAutoPadding(false);
  return Buffer.concat([cipher.update(plain), cipher.final()]);
}

/** An Xauthority file with one entry: display 0 at any address (FamilyWild), so it serves sockets and TCP alike. */
export function xauthorityFile(xCookie: string): Buffer {
  const [address, display, name, cookie] = [
    Buffer.alloc(0),
    Buffer.from('0'),
    Buffer.from(COOKIE_NAME),
    Buffer.from(xCookie, 'hex'),
  ];
  return Buffer.concat([short(FAMILY_WILD), field(address), field(display), field(name), field(cookie)]);
}

function field(bytes: Buffer): Buffer {
  return Buffer.concat([short(bytes.length), bytes]);
}

function short(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function mirrored(byte: number): number {
  let result = 0;
  for (let bit = 0; bit < 8; bit += 1) result |= ((byte >> bit) & 1) << (7 - bit);
  return result;
}

/**
 * Names of the objects that this engine creates beside pods of desktops and launches. Pure; rules of
 * `domain/names.ts`.
 */
import { createHash } from 'node:crypto';
import { MAX_NAME, normalize } from '#domain/names.ts';

export type SecretType = 'vnc' | 'x11' | 'localaccount' | 'services';

/** `auth-vnc-hermes`. Ids that are no valid names get a digest, so that two users never share one. */
export function secretName(type: SecretType, userId: string): string {
  return `auth-${type}-${slug(userId, MAX_NAME - 'auth-localaccount-'.length)}`;
}

export function homeVolume(userId: string): string {
  return `home-${slug(userId, MAX_NAME - 'home-'.length)}`;
}

/** `pull-2048-alpine-node1-4280c633…`, cut to 62 characters; the hash tells images and kinds of one app apart. */
export function pullName(app: string, node: string, image: string, type: string): string {
  const hash = createHash('sha256').update(`${image}\0${type}`).digest('hex');
  return normalize(`pull-${normalize(app).slice(0, 24)}-${normalize(node).slice(0, 16)}-${hash}`);
}

function slug(text: string, room: number): string {
  const plain = normalize(text);
  if (plain === text && plain.length <= room) return plain;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 8);
  return normalize(`${plain.slice(0, room - digest.length - 1)}-${digest}`);
}

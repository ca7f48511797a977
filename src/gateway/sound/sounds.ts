/** The sound of desktops for browsers with a ticket: admits them, and lets those of one desktop share one recording. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ServiceAccess, TicketClaims } from '#domain/ports/auth.ts';
import { waitAtMost } from '#domain/deadlines.ts';
import { DeskpodError, messageOf } from '#domain/errors.ts';
import type { LogFields } from '#events';
import { CloseCode } from '#protocol/screen.ts';
import { MAX_LISTENERS } from '#protocol/sound.ts';
import { acceptWebSocket } from '../accept.ts';
import { type AdmissionRules, admit } from '../admit.ts';
import { ofDesktop, ofSession, ofUser } from '../ended.ts';
import { refuse } from '../refusal.ts';
import { DesktopSound } from './desktop-sound.ts';
import { Listener } from './listener.ts';

const HEARTBEAT_MS = 30_000;
/** How long listeners may take to close their connections when the server stops. */
const CLOSE_MS = 1_000;

export interface SoundEvents {
  /** Programs record the user's microphone from now on. */
  microphoneOn(user: string, desktop: string, programs: readonly string[]): void;
  microphoneOff(user: string, desktop: string, ms: number): void;
  warn(message: string, fields?: LogFields): void;
}

export interface SoundsOptions extends AdmissionRules {
  /** Connects to the sound service: screen-connect.ts. */
  connect(claims: TicketClaims, signal: AbortSignal): Promise<Duplex>;
  /** Resolves when the sound service runs: screen-connect.ts. */
  runs(claims: TicketClaims, signal: AbortSignal): Promise<void>;
  readonly events: SoundEvents;
  /** A peer that doesn't answer a ping within one to two of these is dead. */
  readonly heartbeatMs?: number;
}

export interface Sounds {
  /** Owns the socket; ends with 101 or a refusal, and never rejects. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  closeSession(sessionId: string): void;
  /** Those of the user's sessions that started until then. */
  closeUser(userId: string, before: Date): void;
  closeDesktop(desktopId: string): void;
  /** Resolves when all listeners have left, or after a moment. */
  close(): Promise<void>;
}

export function createSounds(options: SoundsOptions): Sounds {
  const listeners = new Set<Listener>();
  /** By the desktop's uid: a desktop of the same name may follow. */
  const desktops = new Map<string, DesktopSound>();
  const heartbeat = setInterval(() => {
    for (const listener of listeners) listener.beat();
  }, options.heartbeatMs ?? HEARTBEAT_MS).unref();
  let closed = false;

  const closeAll = (matches: (claims: TicketClaims) => boolean, code: CloseCode, reason: string): void => {
    for (const listener of listeners) if (matches(listener.claims)) listener.close(code, reason);
  };

  return {
    async handleUpgrade(request, socket, head) {
      socket.on('error', () => socket.destroy());
      try {
        const claims = await admit(options, request, 'sound');
        const access = accessOf(claims);
        const ws = await acceptWebSocket(request, socket, head);
        listen(new Listener(ws, soundOf(claims, access), claims));
      } catch (error) {
        const status = refuse(socket, error);
        const facts = status >= 500 ? { err: error } : { reason: messageOf(error) };
        if (!socket.destroyed) options.events.warn('sound refused', { status, ...facts });
      }
    },
    closeSession: (sessionId) => closeAll(ofSession(sessionId), CloseCode.sessionEnded, 'you were logged out'),
    closeUser: (userId, before) => closeAll(ofUser(userId, before), CloseCode.sessionEnded, 'you were logged out'),
    closeDesktop: (desktopId) => closeAll(ofDesktop(desktopId), CloseCode.desktopGone, 'the desktop was removed'),
    close: async () => {
      closed = true;
      clearInterval(heartbeat);
      const closing = Promise.all([...listeners].map(({ gone }) => gone));
      closeAll(() => true, CloseCode.serverStopping, 'the server is stopping');
      await waitAtMost(CLOSE_MS, closing, null);
    },
  };

  /** Everything that can fail, while the response can still have an error status. */
  function accessOf({ sound, uid }: TicketClaims): ServiceAccess {
    if (closed) throw new DeskpodError('engine_unavailable', 'The server is stopping.');
    if (!sound) throw new DeskpodError('service_unavailable', 'This desktop has no sound.');
    if ((desktops.get(uid)?.size ?? 0) >= MAX_LISTENERS)
      throw new DeskpodError('too_many_open', `${MAX_LISTENERS} pages listen to this desktop, the most that can.`, {
        remedy: 'Close one that you don’t need.',
      });
    return sound;
  }

  function soundOf(claims: TicketClaims, { credential }: ServiceAccess): DesktopSound {
    const found = desktops.get(claims.uid);
    if (found) return found;
    const sound = new DesktopSound({
      cookie: Buffer.from(credential, 'base64'),
      runs: (signal) => options.runs(claims, signal),
      connect: (signal) => options.connect(claims, signal),
      lost: (reason) => options.events.warn('a sound service is lost', { desktop: claims.desktopId, reason }),
      began: ({ userId }, programs) => options.events.microphoneOn(userId, claims.desktopId, programs),
      ended: ({ userId }, ms) => options.events.microphoneOff(userId, claims.desktopId, ms),
    });
    desktops.set(claims.uid, sound);
    return sound;
  }

  function listen(listener: Listener): void {
    listeners.add(listener);
    const { uid } = listener.claims;
    void listener.gone.then(() => {
      listeners.delete(listener);
      if (desktops.get(uid)?.size === 0) desktops.delete(uid);
    });
  }
}

/** The videos of desktops for browsers with a ticket: admits them, and bounds how many there are. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ServiceAccess, TicketClaims } from '#domain/ports/auth.ts';
import { waitAtMost } from '#domain/deadlines.ts';
import { DeskpodError, messageOf } from '#domain/errors.ts';
import type { LogFields } from '#events';
import { CloseCode } from '#protocol/screen.ts';
import { MAX_VIDEOS } from '#protocol/video.ts';
import { acceptWebSocket } from '../accept.ts';
import { type AdmissionRules, admit } from '../admit.ts';
import { ofDesktop, ofSession, ofUser } from '../ended.ts';
import { refuse } from '../refusal.ts';
import { VideoStream } from './video-stream.ts';

const HEARTBEAT_MS = 30_000;
/** How long pages may take to close their connections when the server stops. */
const CLOSE_MS = 1_000;

export interface VideosOptions extends AdmissionRules {
  /** Connects to the video service: screen-connect.ts. */
  connect(claims: TicketClaims, signal: AbortSignal): Promise<Duplex>;
  readonly events: { warn(message: string, fields?: LogFields): void };
  /** A peer that doesn't answer a ping within one to two of these is dead. */
  readonly heartbeatMs?: number;
}

export interface Videos {
  /** Owns the socket; ends with 101 or a refusal, and never rejects. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  closeSession(sessionId: string): void;
  /** Those of the user's sessions that started until then. */
  closeUser(userId: string, before: Date): void;
  closeDesktop(desktopId: string): void;
  /** Resolves when all pages have left, or after a moment. */
  close(): Promise<void>;
}

export function createVideos(options: VideosOptions): Videos {
  const streams = new Set<VideoStream>();
  const heartbeat = setInterval(() => {
    for (const stream of streams) stream.beat();
  }, options.heartbeatMs ?? HEARTBEAT_MS).unref();
  let closed = false;

  const closeAll = (matches: (claims: TicketClaims) => boolean, code: CloseCode, reason: string): void => {
    for (const stream of streams) if (matches(stream.claims)) stream.close(code, reason);
  };

  return {
    async handleUpgrade(request, socket, head) {
      socket.on('error', () => socket.destroy());
      try {
        const claims = await admit(options, request, 'video');
        const access = accessOf(claims);
        watch(claims, access, await acceptWebSocket(request, socket, head));
      } catch (error) {
        const status = refuse(socket, error);
        const facts = status >= 500 ? { err: error } : { reason: messageOf(error) };
        if (!socket.destroyed) options.events.warn('video refused', { status, ...facts });
      }
    },
    closeSession: (sessionId) => closeAll(ofSession(sessionId), CloseCode.sessionEnded, 'you were logged out'),
    closeUser: (userId, before) => closeAll(ofUser(userId, before), CloseCode.sessionEnded, 'you were logged out'),
    closeDesktop: (desktopId) => closeAll(ofDesktop(desktopId), CloseCode.desktopGone, 'the desktop was removed'),
    close: async () => {
      closed = true;
      clearInterval(heartbeat);
      const closing = Promise.all([...streams].map(({ gone }) => gone));
      closeAll(() => true, CloseCode.serverStopping, 'the server is stopping');
      await waitAtMost(CLOSE_MS, closing, null);
    },
  };

  /** Everything that can fail, while the response can still have an error status. */
  function accessOf({ video, uid }: TicketClaims): ServiceAccess {
    if (closed) throw new DeskpodError('engine_unavailable', 'The server is stopping.');
    if (!video) throw new DeskpodError('service_unavailable', 'This desktop has no video.');
    const open = [...streams].filter(({ claims }) => claims.uid === uid).length;
    if (open >= MAX_VIDEOS)
      throw new DeskpodError(
        'too_many_open',
        `${MAX_VIDEOS} videos of this desktop are watched, the most that can be.`,
      );
    return video;
  }

  function watch(claims: TicketClaims, access: ServiceAccess, ws: Awaited<ReturnType<typeof acceptWebSocket>>): void {
    const stream = new VideoStream({
      ws,
      claims,
      access,
      connect: (signal) => options.connect(claims, signal),
      failed: (reason) => options.events.warn('a video ended', { desktop: claims.desktopId, reason }),
    });
    streams.add(stream);
    void stream.gone.then(() => streams.delete(stream));
  }
}

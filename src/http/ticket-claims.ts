/** What a ticket for the user's own desktop lets its bearer do. */
import type { SessionClaims, TicketClaims } from '#domain/ports/auth.ts';
import type { DesktopCredentials, Services } from '#domain/ports/engine.ts';
import { screenRights } from '#domain/desktops/clipboard-policy.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { ApiContext } from './context.ts';

const NOTHING = { screen: 'none', clipboardIn: false, clipboardOut: false } as const;

type Context = Pick<ApiContext, 'clipboards' | 'desktops' | 'engine' | 'sound' | 'video'>;
type Claims = Omit<TicketClaims, 'vncPassword' | 'rights'>;

/** Fails with `desktop_missing`, `forbidden` if the service is switched off, `service_unavailable` without the service. */
export async function ticketClaims(
  context: Context,
  { user, sessionId, since: sessionSince, expiresAt: sessionEndsAt }: SessionClaims,
  service: 'screen' | 'sound' | 'video',
): Promise<TicketClaims> {
  const { clipboards, desktops, engine } = context;
  const desktop = desktops.running(user.id);
  const credentials = await engine.credentials(desktop.id);
  const { id: desktopId, screen, uid, services } = desktop;
  const claims = { desktopId, userId: user.id, sessionId, sessionSince, sessionEndsAt, screen, uid };
  if (service === 'sound') return soundClaims(context, claims, services, credentials);
  if (service === 'video') return videoClaims(context, claims, services, credentials);
  const { vncPassword } = credentials;
  return { ...claims, vncPassword, rights: { screen: 'control', ...screenRights(clipboards.rights) } };
}

function soundClaims(
  { sound: allowed }: Context,
  claims: Claims,
  { sound: endpoint }: Services,
  { soundCookie }: DesktopCredentials,
): TicketClaims {
  if (!allowed.output && !allowed.microphone)
    throw new DeskpodError('forbidden', 'Sound is switched off on this server.', {
      remedy: 'An administrator can switch it on with the settings sound.output and sound.microphone.',
    });
  if (endpoint === undefined)
    throw new DeskpodError('service_unavailable', 'This desktop has no sound service.', {
      remedy: 'Rebuild the desktop. If that doesn’t help, ask an administrator to switch the sound service on.',
    });
  return {
    ...claims,
    vncPassword: '',
    sound: { endpoint, credential: soundCookie },
    rights: { ...NOTHING, sound: allowed.output, microphone: allowed.microphone },
  };
}

function videoClaims(
  { video: allowed }: Context,
  claims: Claims,
  { video: endpoint }: Services,
  { videoKey }: DesktopCredentials,
): TicketClaims {
  if (!allowed)
    throw new DeskpodError('forbidden', 'Video is switched off on this server.', {
      remedy: 'An administrator can switch it on with the setting screen.video.',
    });
  if (endpoint === undefined)
    throw new DeskpodError('service_unavailable', 'This desktop has no video service.', {
      remedy: 'Rebuild the desktop. If that doesn’t help, ask an administrator to switch the video service on.',
    });
  const video = { endpoint, credential: videoKey };
  return { ...claims, vncPassword: '', video, rights: { ...NOTHING, video: true } };
}

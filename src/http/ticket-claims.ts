/** What a ticket for the user's own desktop lets its bearer do. */
import type { SessionClaims, TicketClaims } from '#domain/ports/auth.ts';
import { screenRights } from '#domain/desktops/clipboard-policy.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { ApiContext } from './context.ts';

const NOTHING = { screen: 'none', clipboardIn: false, clipboardOut: false } as const;

/** Fails with `desktop_missing`, `forbidden` if the service is switched off, `service_unavailable` without the service. */
export async function ticketClaims(
  { clipboards, desktops, engine, sound: allowed }: Pick<ApiContext, 'clipboards' | 'desktops' | 'engine' | 'sound'>,
  { user, sessionId, since: sessionSince, expiresAt: sessionEndsAt }: SessionClaims,
  service: 'screen' | 'sound',
): Promise<TicketClaims> {
  const desktop = desktops.running(user.id);
  const { vncPassword, soundCookie } = await engine.credentials(desktop.id);
  const { id: desktopId, screen, uid } = desktop;
  const claims = { desktopId, userId: user.id, sessionId, sessionSince, sessionEndsAt, screen, uid };
  if (service === 'screen')
    return { ...claims, vncPassword, rights: { screen: 'control', ...screenRights(clipboards.rights) } };
  if (!allowed.output && !allowed.microphone)
    throw new DeskpodError('forbidden', 'Sound is switched off on this server.', {
      remedy: 'An administrator can switch it on with the settings sound.output and sound.microphone.',
    });
  const endpoint = desktop.services.sound;
  if (endpoint === undefined)
    throw new DeskpodError('service_unavailable', 'This desktop has no sound service.', {
      remedy: 'Rebuild the desktop. If that doesn’t help, ask an administrator to switch the sound service on.',
    });
  const sound = { endpoint, credential: soundCookie };
  return {
    ...claims,
    vncPassword: '',
    sound,
    rights: { ...NOTHING, sound: allowed.output, microphone: allowed.microphone },
  };
}

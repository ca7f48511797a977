/** What a ticket for the files of a user's own desktop lets its bearer do, by the settings and the room in the home. */
import { DeskpodError } from '#domain/errors.ts';
import type { HomeUse } from '#domain/desktops/home-sizes.ts';
import type { HomeRoom, SessionClaims, TicketClaims } from '#domain/ports/auth.ts';
import type { FilesSession, TransferRight } from '#protocol/files.ts';
import type { ApiContext } from './context.ts';

export interface FilesClaims {
  readonly ticket: TicketClaims;
  readonly upload: TransferRight;
  readonly download: TransferRight;
  readonly space: FilesSession['space'];
}

type FilesContext = Pick<ApiContext, 'desktops' | 'engine' | 'homeSizes' | 'files' | 'sharedFolders'>;

/** Fails with `desktop_missing`, `service_unavailable` if the desktop has no files service. */
export async function filesClaims(
  { desktops, engine, homeSizes, files, sharedFolders }: FilesContext,
  { user, sessionId, since: sessionSince, expiresAt: sessionEndsAt }: SessionClaims,
): Promise<FilesClaims> {
  const desktop = desktops.running(user.id);
  const endpoint = desktop.services.files;
  if (endpoint === undefined)
    throw new DeskpodError('service_unavailable', 'This desktop has no files service.', {
      remedy: 'Rebuild it. On Kubernetes, an administrator can add files to kubernetes.services.',
    });
  const [{ filesPassword }, use] = await Promise.all([engine.credentials(desktop.id), homeSizes.use(desktop)]);
  const space = use === null ? null : { usedBytes: use.bytes, limitBytes: homeSizes.limitBytes };
  const room = use === null ? null : roomOf(use, homeSizes.limitBytes);
  const right = { allowed: files.upload, maxBytes: files.maxUploadBytes };
  const upload = { ...right, maxBytes: least(right.maxBytes, room?.bytes ?? null) };
  const download = { allowed: files.download, maxBytes: files.maxDownloadBytes };
  const shared = sharedFolders
    .filter(({ name }) => desktop.shared.includes(name))
    .map(({ name, readOnly }) => ({ name, readOnly }));
  const ticket: TicketClaims = {
    desktopId: desktop.id,
    userId: user.id,
    sessionId,
    sessionSince,
    sessionEndsAt,
    vncPassword: '',
    screen: null,
    uid: desktop.uid,
    files: { endpoint, credential: filesPassword },
    rights: {
      screen: 'none',
      clipboardIn: false,
      clipboardOut: false,
      upload: room === null ? right : { ...right, room },
      download,
      shared,
    },
  };
  return { ticket, upload, download, space };
}

function roomOf({ bytes, ageMs }: HomeUse, limitBytes: number): HomeRoom {
  return { bytes: Math.max(0, limitBytes - bytes), measuredAt: Math.floor(Date.now() - ageMs) };
}

/** Null: no limit. */
function least(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}

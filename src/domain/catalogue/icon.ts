/** Icons of apps: decoded once, with a version of their content so that browsers may keep them. */
import { createHash } from 'node:crypto';
import type { AppDocument } from '../../protocol/manager.ts';

export interface AppIcon {
  /** The first 12 hexadecimal digits of the content's SHA-256. */
  readonly version: string;
  readonly type: 'image/svg+xml' | 'image/png' | 'image/jpeg';
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Where the server answers them. SVG can carry scripts: it is served with a policy that forbids all but drawing. */
const ICON_PATH = '/api/v1/apps/icon';

const icons = new WeakMap<AppDocument, AppIcon | null>();

/** Null when the entry has none or it is no picture. */
export function iconOf(document: AppDocument): AppIcon | null {
  const known = icons.get(document);
  if (known !== undefined) return known;
  const icon = decode(document.icondata);
  icons.set(document, icon);
  return icon;
}

/** Null when the entry has no picture: then the UI draws a letter. */
export function iconUrl(document: AppDocument): string | null {
  const icon = iconOf(document);
  return icon === null ? null : `${ICON_PATH}?app=${encodeURIComponent(document.id)}&v=${icon.version}`;
}

function decode(icondata: string | null): AppIcon | null {
  if (icondata === null) return null;
  const body = new Uint8Array(Buffer.from(icondata, 'base64'));
  const type = typeOf(body);
  return type === null ? null : { version: createHash('sha256').update(body).digest('hex').slice(0, 12), type, body };
}

function typeOf(body: Uint8Array): AppIcon['type'] | null {
  if (body[0] === 0x89 && body[1] === 0x50) return 'image/png';
  if (body[0] === 0xff && body[1] === 0xd8) return 'image/jpeg';
  return Buffer.from(body.subarray(0, 4096)).toString('latin1').includes('<svg') ? 'image/svg+xml' : null;
}

/** What a file is to a person, by its media type or else its ending, and how it can be previewed. Pure. */
import type { Entry } from './entry.ts';

export type Kind = 'folder' | 'picture' | 'video' | 'audio' | 'pdf' | 'text' | 'archive' | 'other';

const TEXT_TYPES = new Set([
  'application/json',
  'application/xml',
  'application/javascript',
  'application/x-sh',
  'application/x-shellscript',
  'application/yaml',
  'application/toml',
  'application/sql',
]);
const TEXT_ENDINGS =
  /\.(?:txt|md|log|csv|tsv|json|xml|ya?ml|toml|ini|conf|cfg|sh|bash|py|rb|js|mjs|ts|tsx|jsx|css|html?|c|h|cc|cpp|hpp|java|go|rs|php|pl|lua|sql|tex|diff|patch|desktop|service|env|gitignore)$/i;
const ARCHIVES = /\.(?:zip|tar|gz|tgz|bz2|xz|zst|7z|rar|deb|rpm|iso)$/i;
/** Those that browsers show. */
const PICTURES = /\.(?:png|jpe?g|gif|webp|avif|bmp|ico|svg)$/i;

export function kindOf({ folder, name, type }: Pick<Entry, 'folder' | 'name' | 'type'>): Kind {
  if (folder) return 'folder';
  if (type.startsWith('image/') || PICTURES.test(name)) return 'picture';
  if (type.startsWith('video/') || /\.(?:mp4|webm|mkv|mov|avi)$/i.test(name)) return 'video';
  if (type.startsWith('audio/') || /\.(?:mp3|ogg|oga|opus|flac|wav|m4a)$/i.test(name)) return 'audio';
  if (type === 'application/pdf' || /\.pdf$/i.test(name)) return 'pdf';
  if (ARCHIVES.test(name)) return 'archive';
  if (type.startsWith('text/') || TEXT_TYPES.has(type) || TEXT_ENDINGS.test(name)) return 'text';
  return 'other';
}

export type Preview = 'picture' | 'video' | 'audio' | 'pdf' | 'text';

/** Null if browsers can't show it. */
export function previewOf(entry: Entry): Preview | null {
  const kind = kindOf(entry);
  if (kind === 'picture') return PICTURES.test(entry.name) || isWebPicture(entry.type) ? 'picture' : null;
  return kind === 'folder' || kind === 'archive' || kind === 'other' ? null : kind;
}

const isWebPicture = (type: string): boolean => /^image\/(?:png|jpeg|gif|webp|avif|bmp)$/.test(type);

/** SVG can contain scripts, which no browser runs in an `img`; the server sends it as an attachment, never inline. */
export const isSvg = ({ name, type }: Entry): boolean => type === 'image/svg+xml' || /\.svg$/i.test(name);

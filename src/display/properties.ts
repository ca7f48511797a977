/** Title, class, state and type of a window, read from its properties. */
import type { PropertyReply } from 'x11';
import type { AtomName, Atoms } from './atoms.ts';
import type { WindowConnection } from './connection.ts';

const MAX_TITLE = 512;
/** UTF-8 needs at most four bytes a character. */
const MAX_TITLE_BYTES = MAX_TITLE * 4;
const MAX_STATES = 32;
const ICONIC = 3;

export interface WindowFacts {
  title: string;
  /** `instance.Class`, or empty. */
  wmClass: string;
  minimised: boolean;
  /** Docks and desktops belong to the desktop environment. */
  furniture: boolean;
  /** The window asks to be left out of window lists. */
  skipped: boolean;
  maximised: boolean;
}

/** Facts that a property determines; each is read again as a whole. */
export type Aspect = 'title' | 'class' | 'state' | 'type';

export const ASPECTS: readonly Aspect[] = ['title', 'class', 'state', 'type'];

const ASPECT_OF: ReadonlyMap<AtomName, Aspect> = new Map<AtomName, Aspect>([
  ['_NET_WM_NAME', 'title'],
  ['WM_NAME', 'title'],
  ['WM_CLASS', 'class'],
  ['WM_STATE', 'state'],
  ['_NET_WM_STATE', 'state'],
  ['_NET_WM_WINDOW_TYPE', 'type'],
]);

/** Null if no fact depends on the property. */
export function aspectOf(atom: AtomName | null): Aspect | null {
  return atom === null ? null : (ASPECT_OF.get(atom) ?? null);
}

export async function readAspect(
  x: WindowConnection,
  atoms: Atoms,
  id: number,
  aspect: Aspect,
): Promise<Partial<WindowFacts>> {
  switch (aspect) {
    case 'title':
      return { title: await readTitle(x, atoms, id) };
    case 'class':
      return { wmClass: await readClass(x, atoms, id) };
    case 'state':
      return readState(x, atoms, id);
    case 'type':
      return { furniture: await readFurniture(x, atoms, id) };
    default:
      return aspect satisfies never;
  }
}

/** A property as text, at most 512 characters; empty if there is none. */
export async function readText(x: WindowConnection, atoms: Atoms, id: number, name: AtomName): Promise<string> {
  const reply = await x.property(id, atoms.number(name), MAX_TITLE_BYTES);
  return reply === null ? '' : decodeText(reply, atoms.number('UTF8_STRING'));
}

/** Text as ICCCM and EWMH encode it, without control characters. */
export function decodeText(reply: Pick<PropertyReply, 'type' | 'format' | 'data'>, utf8: number): string {
  if (reply.format !== 8) return '';
  const text = reply.data.toString(reply.type === utf8 ? 'utf8' : 'latin1');
  // A surrogate pair that is cut in half isn't valid text.
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, MAX_TITLE)
    .toWellFormed();
}

/** `instance NUL Class NUL` as `instance.Class`. */
export function decodeClass(data: Buffer): string {
  const [instance = '', name = ''] = data.toString('latin1').split('\0');
  if (instance === '' && name === '') return '';
  return `${instance}.${name || instance}`.slice(0, MAX_TITLE);
}

async function readTitle(x: WindowConnection, atoms: Atoms, id: number): Promise<string> {
  const [modern, plain] = await Promise.all([
    readText(x, atoms, id, '_NET_WM_NAME'),
    readText(x, atoms, id, 'WM_NAME'),
  ]);
  return modern || plain;
}

async function readClass(x: WindowConnection, atoms: Atoms, id: number): Promise<string> {
  const reply = await x.property(id, atoms.number('WM_CLASS'), MAX_TITLE_BYTES);
  return reply?.format === 8 ? decodeClass(reply.data) : '';
}

async function readState(x: WindowConnection, atoms: Atoms, id: number): Promise<Partial<WindowFacts>> {
  const [states, wmState] = await Promise.all([
    x.words(id, atoms.number('_NET_WM_STATE'), MAX_STATES),
    x.words(id, atoms.number('WM_STATE'), 2),
  ]);
  const has = (name: AtomName): boolean => states.includes(atoms.number(name));
  return {
    minimised: has('_NET_WM_STATE_HIDDEN') || wmState[0] === ICONIC,
    skipped: has('_NET_WM_STATE_SKIP_TASKBAR'),
    maximised: has('_NET_WM_STATE_MAXIMIZED_VERT') && has('_NET_WM_STATE_MAXIMIZED_HORZ'),
  };
}

async function readFurniture(x: WindowConnection, atoms: Atoms, id: number): Promise<boolean> {
  const types = await x.words(id, atoms.number('_NET_WM_WINDOW_TYPE'), MAX_STATES);
  return types.some((type) =>
    ['_NET_WM_WINDOW_TYPE_DOCK', '_NET_WM_WINDOW_TYPE_DESKTOP'].includes(atoms.name(type) ?? ''),
  );
}

/**
 * How browsers of each system report keys. Sources: the UI Events specification (KeyboardEvent key and code values),
 * MDN's table of `key` values, and the sources of Chromium (`ui/events`, `ui/base/ime`).
 */
import type { KeyInit, Step } from './steps.ts';

export type System = 'linux' | 'windows' | 'mac';
export const SYSTEMS: readonly System[] = ['linux', 'windows', 'mac'];

/** `navigator.platform`. */
export const PLATFORMS: Readonly<Record<System, string>> = { linux: 'Linux x86_64', windows: 'Win32', mac: 'MacIntel' };

/** What is held: level 0 none, 1 Shift, 2 AltGr, 3 both. */
export type Level = 0 | 1 | 2 | 3;
export const LEVELS: readonly Level[] = [0, 1, 2, 3];
export const LEVEL_NAMES = ['plain', 'Shift', 'AltGr', 'Shift+AltGr'] as const;

type Modifiers = Partial<KeyInit>;

interface Held {
  readonly press: readonly Step[];
  readonly release: readonly Step[];
  /** Flags of events meanwhile. */
  readonly flags: Modifiers;
}

/** A key that types its character. */
export function strokes(system: System, level: Level, code: string, key: string): readonly Step[] {
  const { press, release, flags } = held(system, level);
  const init = { key, code, ...flags };
  return [...press, { type: 'keydown', init, inserts: key }, { type: 'keyup', init }, ...release];
}

/** A dead key, a key, and the text that both make. */
export function deadStrokes(
  system: System,
  dead: { readonly code: string; readonly level: Level; readonly spacing: string },
  base: { readonly code: string; readonly level: Level; readonly key: string },
  text: string,
): readonly Step[] {
  const first = held(system, dead.level);
  const second = held(system, base.level);
  const deadInit = { key: 'Dead', code: dead.code, ...first.flags };
  const baseInit = { key: base.key, code: base.code, ...second.flags };
  const composed = { ...baseInit, keyCode: 229 };
  const steps: Record<System, readonly [readonly Step[], readonly Step[]]> = {
    // Filtered by the input method: a key without meaning, then text.
    linux: [
      [
        { type: 'keydown', init: { ...deadInit, keyCode: 229 } },
        { type: 'keyup', init: deadInit },
      ],
      [
        { type: 'keydown', init: { ...composed, key: 'Process' } },
        { type: 'insert', text },
        { type: 'keyup', init: baseInit },
      ],
    ],
    windows: [
      [
        { type: 'keydown', init: deadInit },
        { type: 'keyup', init: deadInit },
      ],
      [
        { type: 'keydown', init: baseInit, inserts: text },
        { type: 'keyup', init: baseInit },
      ],
    ],
    mac: [
      [
        { type: 'keydown', init: deadInit },
        { type: 'compose', text: dead.spacing },
        { type: 'keyup', init: { ...deadInit, isComposing: true } },
      ],
      [
        { type: 'keydown', init: { ...composed, key: text, isComposing: true } },
        { type: 'commit', text },
        { type: 'keyup', init: baseInit },
      ],
    ],
  };
  const [ofDead, ofBase] = steps[system];
  return [...first.press, ...ofDead, ...first.release, ...second.press, ...ofBase, ...second.release];
}

/** The modifier keys of a level. */
export function held(system: System, level: Level): Held {
  const parts = [...(level % 2 === 1 ? [SHIFT] : []), ...(level >= 2 ? [ALTGR[system]] : [])];
  let flags: Modifiers = {};
  const press: Step[] = [];
  const release: Step[] = [];
  for (const part of parts) {
    press.push(...part.press.map((step) => flagged(step, flags)));
    release.unshift(...part.release.map((step) => flagged(step, flags)));
    flags = { ...flags, ...part.flags };
  }
  return { press, release, flags };
}

function flagged(step: Step, flags: Modifiers): Step {
  return step.type === 'keydown' || step.type === 'keyup' ? { ...step, init: { ...flags, ...step.init } } : step;
}

const SHIFT: Held = {
  press: [{ type: 'keydown', init: { key: 'Shift', code: 'ShiftLeft', location: 1, shiftKey: true } }],
  release: [{ type: 'keyup', init: { key: 'Shift', code: 'ShiftLeft', location: 1, shiftKey: false } }],
  flags: { shiftKey: true },
};

const ALT_GRAPH = { key: 'AltGraph', code: 'AltRight', location: 2 };
const LEFT_CONTROL = { key: 'Control', code: 'ControlLeft', location: 1 };
const OPTION = { key: 'Alt', code: 'AltLeft', location: 1 };

const ALTGR: Readonly<Record<System, Held>> = {
  linux: {
    press: [{ type: 'keydown', init: { ...ALT_GRAPH, modifierAltGraph: true } }],
    release: [{ type: 'keyup', init: ALT_GRAPH }],
    flags: { modifierAltGraph: true },
  },
  // Windows presses the left Ctrl key before AltGr. Chromium reports neither Ctrl nor Alt while AltGr is held.
  windows: {
    press: [
      { type: 'keydown', init: { ...LEFT_CONTROL, ctrlKey: true } },
      { type: 'keydown', init: { ...ALT_GRAPH, modifierAltGraph: true } },
    ],
    release: [
      { type: 'keyup', init: { ...LEFT_CONTROL, altKey: true } },
      { type: 'keyup', init: ALT_GRAPH },
    ],
    flags: { modifierAltGraph: true },
  },
  mac: {
    press: [{ type: 'keydown', init: { ...OPTION, altKey: true } }],
    release: [{ type: 'keyup', init: OPTION }],
    flags: { altKey: true },
  },
};

/** Ctrl, or Command on a Mac, with a key; null if the browser or the system keeps it. */
export function shortcut(
  system: System,
  code: string,
  { reported, meant }: { readonly reported: string; readonly meant: string },
): readonly Step[] | null {
  const isMac = system === 'mac';
  // Paste comes with an event of its own, which only the browser can make; macOS quits with Q.
  if (meant === 'v' || (isMac && meant === 'q')) return null;
  const modifier = isMac ? { key: 'Meta', code: 'MetaLeft', location: 1 } : LEFT_CONTROL;
  const flags = isMac ? { metaKey: true } : { ctrlKey: true };
  const init = { key: reported, code, ...flags };
  // macOS reports no keyup of other keys while Command is held.
  const release: Step[] = isMac ? [] : [{ type: 'keyup', init }];
  return [
    { type: 'keydown', init: { ...modifier, ...flags } },
    { type: 'keydown', init },
    ...release,
    { type: 'keyup', init: modifier },
  ];
}

/**
 * What Firefox and Safari report differently, as sequences of events. Sources: the browsers' own tables in the UI Events
 * test suite and Firefox's documentation of `KeyboardEvent.key` and `isComposing`, WebKit's order of composition events
 * (bug 165004), and what noVNC and other editors in browsers work around.
 */
import { CONTROL, type KeyCase } from './key-case.ts';
import type { KeyInit, Step } from './steps.ts';

const CONTROL_LEFT = { key: 'Control', code: 'ControlLeft', location: 1 };
const ALT_RIGHT = { key: 'AltGraph', code: 'AltRight', location: 2 };
const AT = { key: '@', code: 'KeyQ', modifierAltGraph: true };
const BOTH = { ctrlKey: true, altKey: true };
const COMMAND = { key: 'Meta', code: 'MetaLeft', location: 1 };
const DEAD = { key: 'Dead', code: 'BracketLeft' };
/** Of keys that an input method has taken. */
const TAKEN = 229;

const down = (init: KeyInit): Step => ({ type: 'keydown', init });
const typed = (init: KeyInit): Step => ({ type: 'keydown', init, inserts: init.key });
const up = (init: KeyInit): Step => ({ type: 'keyup', init });

export const FIREFOX: readonly KeyCase[] = [
  {
    what: 'AltGr on Windows, with Ctrl and Alt reported as held',
    system: 'windows',
    steps: [
      down({ ...CONTROL_LEFT, ctrlKey: true }),
      down({ ...ALT_RIGHT, ...BOTH, modifierAltGraph: true }),
      down({ ...AT, ...BOTH }),
      up({ ...AT, ...BOTH }),
      up({ ...CONTROL_LEFT, altKey: true }),
      up(ALT_RIGHT),
    ],
    expected: { text: '@' },
  },
  {
    what: 'AltGr on Windows, without the Ctrl key',
    system: 'windows',
    steps: [down({ ...ALT_RIGHT, modifierAltGraph: true }), down(AT), up(AT), up(ALT_RIGHT)],
    expected: { text: '@' },
  },
  {
    what: 'a dead key on Windows, whose composition is the key of the event',
    system: 'windows',
    steps: [down(DEAD), up(DEAD), typed({ key: 'é', code: 'KeyE' }), up({ key: 'e', code: 'KeyE' })],
    expected: { text: 'é' },
  },
  {
    what: 'a dead key on Windows with a letter that it doesn’t change: both are the key of the event',
    system: 'windows',
    steps: [down(DEAD), up(DEAD), typed({ key: '´x', code: 'KeyX' }), up({ key: 'x', code: 'KeyX' })],
    expected: { text: '´x' },
  },
  {
    what: 'a dead key on Linux, composed as by an input method',
    system: 'linux',
    steps: [
      down({ ...DEAD, keyCode: TAKEN }),
      { type: 'compose', text: '´' },
      up({ ...DEAD, isComposing: true }),
      down({ key: 'Process', code: 'KeyE', keyCode: TAKEN, isComposing: true }),
      { type: 'commit', text: 'é' },
      up({ key: 'e', code: 'KeyE' }),
    ],
    expected: { text: 'é' },
  },
  {
    what: 'Command on a Mac, without keyup',
    system: 'mac',
    steps: [down({ ...COMMAND, metaKey: true }), down({ key: 'c', code: 'KeyC', metaKey: true }), up(COMMAND)],
    expected: { key: 'c', mask: CONTROL },
  },
  {
    what: 'the Command key by its old name, OS',
    system: 'linux',
    steps: [down({ key: 'OS', code: 'OSLeft', metaKey: true }), up({ key: 'OS', code: 'OSLeft' })],
    expected: { text: '' },
  },
];

export const WEBKIT: readonly KeyCase[] = [
  {
    what: 'a dead key: composition comes before the keydown that belongs to it',
    system: 'mac',
    steps: [
      { type: 'compose', text: '´' },
      down({ ...DEAD, keyCode: TAKEN, isComposing: true }),
      up({ ...DEAD, isComposing: true }),
      { type: 'commit', text: 'é' },
      down({ key: 'é', code: 'KeyE', keyCode: TAKEN }),
      up({ key: 'e', code: 'KeyE' }),
    ],
    expected: { text: 'é' },
  },
  {
    what: 'Return that ends a composition comes after it, and isn’t a line',
    system: 'mac',
    steps: [
      { type: 'compose', text: 'かん' },
      down({ key: 'k', code: 'KeyK', keyCode: TAKEN, isComposing: true }),
      { type: 'commit', text: '漢' },
      down({ key: 'Enter', code: 'Enter', keyCode: TAKEN }),
      up({ key: 'Enter', code: 'Enter' }),
    ],
    expected: { text: '漢' },
  },
  {
    what: 'Option with a letter',
    system: 'mac',
    steps: [
      down({ key: 'Alt', code: 'AltLeft', location: 1, altKey: true }),
      down({ key: '€', code: 'KeyE', altKey: true }),
      up({ key: '€', code: 'KeyE', altKey: true }),
      up({ key: 'Alt', code: 'AltLeft', location: 1 }),
    ],
    expected: { text: '€' },
  },
  {
    what: 'Command on the right, without a location and keyup',
    system: 'mac',
    steps: [
      down({ key: 'Meta', code: 'MetaRight', location: 0, metaKey: true }),
      down({ key: 'a', code: 'KeyA', metaKey: true }),
      up({ key: 'Meta', code: 'MetaRight', location: 0 }),
    ],
    expected: { key: 'a', mask: CONTROL },
  },
  {
    what: 'arrows of an iPad’s keyboard',
    system: 'mac',
    steps: [down({ key: 'UIKeyInputUpArrow', code: 'ArrowUp' }), up({ key: 'UIKeyInputUpArrow', code: 'ArrowUp' })],
    expected: { names: ['Up'] },
  },
];

/** Key events as browsers report them for keyboards that the test browser lacks: AltGr, dead keys, umlauts. */
import type { Page } from 'playwright-core';

/** A character typed with AltGr: as Linux and macOS report it, or as Windows does, with a preceding Control. */
export async function pressAltGr(page: Page, key: string, code: string, system: 'linux' | 'windows'): Promise<void> {
  await page.evaluate(
    ([key, code, system]) => {
      const field = document.activeElement;
      const platform = system === 'windows' ? 'Win32' : 'Linux x86_64';
      Object.defineProperty(navigator, 'platform', { value: platform, configurable: true });
      const send = (type: string, init: KeyboardEventInit): void =>
        void field?.dispatchEvent(new KeyboardEvent(type, { bubbles: true, cancelable: true, ...init }));
      const altGraph = { key: 'AltGraph', code: 'AltRight', location: 2, modifierAltGraph: true };
      const held = system === 'windows' ? { ctrlKey: true, altKey: true } : {};
      if (system === 'windows') send('keydown', { key: 'Control', code: 'ControlLeft', location: 1, ctrlKey: true });
      send('keydown', { ...altGraph, ...held });
      send('keydown', { key, code, modifierAltGraph: true, ...held });
      send('keyup', { key, code, modifierAltGraph: true, ...held });
      if (system === 'windows') send('keyup', { key: 'Control', code: 'ControlLeft', location: 1, altKey: true });
      send('keyup', { ...altGraph, modifierAltGraph: false });
    },
    [key, code, system] as const,
  );
}

/** A character with its own key on the keyboard, such as an umlaut; a browser would insert it into the field itself. */
export async function pressKey(page: Page, key: string, code: string): Promise<void> {
  const browser = await page.context().newCDPSession(page);
  await browser.send('Input.dispatchKeyEvent', { type: 'keyDown', key, code, text: key });
  await browser.send('Input.dispatchKeyEvent', { type: 'keyUp', key, code });
  await browser.detach();
}

/** A dead key and a letter, which produce one character. */
export async function pressDead(page: Page, dead: string, letter: string, code: string): Promise<void> {
  const browser = await page.context().newCDPSession(page);
  await browser.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Dead', code: dead });
  await browser.send('Input.dispatchKeyEvent', { type: 'keyUp', key: 'Dead', code: dead });
  await browser.detach();
  await pressKey(page, letter, code);
}

/** Text that an input method composes and then commits. */
export async function compose(page: Page, half: string, whole: string): Promise<void> {
  const browser = await page.context().newCDPSession(page);
  await browser.send('Input.imeSetComposition', { text: half, selectionStart: half.length, selectionEnd: half.length });
  await browser.send('Input.insertText', { text: whole });
  await browser.detach();
}

export interface Chord {
  readonly key: string;
  readonly code: string;
  readonly held: readonly ('Control' | 'Shift' | 'Alt' | 'Meta')[];
}

const MODIFIER_CODES = { Control: 'ControlLeft', Shift: 'ShiftLeft', Alt: 'AltLeft', Meta: 'MetaLeft' } as const;

/**
 * A key with modifiers, as a browser with that layout reports it. A Mac reports no keyup event while Command is held.
 */
export async function pressChord(page: Page, { key, code, held }: Chord, pasted: string | null = null): Promise<void> {
  await page.evaluate(
    ({ key, code, held, codes, pasted }) => {
      const field = document.activeElement;
      const down = new Set<string>();
      const send = (type: string, key: string, code: string): boolean =>
        field?.dispatchEvent(
          new KeyboardEvent(type, {
            key,
            code,
            bubbles: true,
            cancelable: true,
            ctrlKey: down.has('Control'),
            shiftKey: down.has('Shift'),
            altKey: down.has('Alt'),
            metaKey: down.has('Meta'),
          }),
        ) ?? false;
      for (const modifier of held) {
        down.add(modifier);
        send('keydown', modifier, codes[modifier]);
      }
      if (send('keydown', key, code) && pasted !== null) {
        const clipboardData = new DataTransfer();
        clipboardData.setData('text/plain', pasted);
        field?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
      }
      if (!down.has('Meta') || !navigator.platform.startsWith('Mac')) send('keyup', key, code);
      for (const modifier of held.toReversed()) {
        down.delete(modifier);
        send('keyup', modifier, codes[modifier]);
      }
    },
    { key, code, held, codes: MODIFIER_CODES, pasted },
  );
}

export async function pretendPlatform(page: Page, platform: string): Promise<void> {
  await page.evaluate((value) => {
    Object.defineProperty(navigator, 'platform', { value, configurable: true });
  }, platform);
}

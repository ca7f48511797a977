/** Keys as browsers report them for keyboards that the test browser does not have: AltGr, dead keys, umlauts. */
import type { Page } from 'playwright-core';

/** A character that its keyboard types with AltGr: as Linux and macOS report it, or as Windows does, with a Control first. */
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

/** A key of its own on its keyboard, such as an umlaut: the browser would put it into the field by itself. */
export async function pressKey(page: Page, key: string, code: string): Promise<void> {
  const browser = await page.context().newCDPSession(page);
  await browser.send('Input.dispatchKeyEvent', { type: 'keyDown', key, code, text: key });
  await browser.send('Input.dispatchKeyEvent', { type: 'keyUp', key, code });
  await browser.detach();
}

/** A dead key, then a letter: one character comes out. */
export async function pressDead(page: Page, dead: string, letter: string, code: string): Promise<void> {
  const browser = await page.context().newCDPSession(page);
  await browser.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Dead', code: dead });
  await browser.send('Input.dispatchKeyEvent', { type: 'keyUp', key: 'Dead', code: dead });
  await browser.detach();
  await pressKey(page, letter, code);
}

/** What an input method composes and then commits. */
export async function compose(page: Page, half: string, whole: string): Promise<void> {
  const browser = await page.context().newCDPSession(page);
  await browser.send('Input.imeSetComposition', { text: half, selectionStart: half.length, selectionEnd: half.length });
  await browser.send('Input.insertText', { text: whole });
  await browser.detach();
}

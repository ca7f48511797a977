/** Fingers on a touch screen, and the pointer as an X program sees it. Not a test itself. */
import { readFile, rm } from 'node:fs/promises';
import type { CDPSession } from 'playwright-core';
import { parseXev } from '../keyboards/xev.ts';
import { eventually } from './faults-kit.ts';
import type { Person } from './person.ts';

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Steps of a finger on its way. */
const STEPS = 8;

export class Fingers {
  readonly #browser: CDPSession;

  private constructor(browser: CDPSession) {
    this.#browser = browser;
  }

  static async of(person: Person): Promise<Fingers> {
    return new Fingers(await person.page.context().newCDPSession(person.page));
  }

  async down(...places: readonly Place[]): Promise<void> {
    await this.#send('touchStart', places);
  }

  async move(...places: readonly Place[]): Promise<void> {
    await this.#send('touchMove', places);
  }

  async up(): Promise<void> {
    await this.#send('touchEnd', []);
  }

  async tap(...places: readonly Place[]): Promise<void> {
    await this.down(...places);
    await this.up();
  }

  /** All fingers move from their first place to their second, and leave the screen. */
  async drag(...ways: readonly (readonly [Place, Place])[]): Promise<void> {
    await this.down(...ways.map(([from]) => from));
    for (let step = 1; step <= STEPS; step += 1)
      await this.move(...ways.map(([from, to]) => ({ x: part(from.x, to.x, step), y: part(from.y, to.y, step) })));
    await this.up();
  }

  async #send(type: 'touchStart' | 'touchMove' | 'touchEnd', places: readonly Place[]): Promise<void> {
    const touchPoints = places.map(({ x, y }, id) => ({ x, y, id }));
    await this.#browser.send('Input.dispatchTouchEvent', { type, touchPoints });
  }
}

function part(from: number, to: number, step: number): number {
  return Math.round(from + ((to - from) * step) / STEPS);
}

/** A press or release of a button, at a place of the desktop. */
export interface XButton extends Place {
  readonly button: number;
  readonly isPress: boolean;
}

const BUTTON = /Button(Press|Release) event.*\n.*root:\((-?\d+),(-?\d+)\),\n\s+state 0x[0-9a-f]+, button (\d+)/g;

/** `xev` in a window that covers the desktop. */
export class PointerListener {
  readonly #file: string;
  #seen = 0;

  private constructor(file: string) {
    this.#file = file;
  }

  /** `file`: `buttons` in the person's home, as this machine sees it. */
  static async start(person: Person, file: string): Promise<PointerListener> {
    await rm(file, { force: true });
    await person.starts('terminal');
    for (const key of 'exec stdbuf -oL xev -event button -event keyboard -geometry 2000x2000+0+0 >buttons\n')
      await person.page.keyboard.press(key === '\n' ? 'Enter' : key);
    await person.find('window-title').filter({ hasText: 'Event Tester' }).waitFor();
    return new PointerListener(file);
  }

  /** The next ones, as soon as there are this many. */
  async next(count: number): Promise<readonly XButton[]> {
    const found = await eventually(`${count} presses and releases of buttons`, async () => {
      const all = await this.#all();
      return all.length >= this.#seen + count ? all.slice(this.#seen) : null;
    });
    this.#seen += found.length;
    return found;
  }

  /** Resolves when a key with this name was pressed; returns the modifiers that were held, as X11's state. */
  async key(named: string): Promise<number> {
    return await eventually(`the key ${named}`, async () => {
      const key = parseXev(await this.#output()).findLast(({ name, isPress }) => name === named && isPress);
      return key?.state ?? null;
    });
  }

  async #output(): Promise<string> {
    return readFile(this.#file, 'utf8').catch(() => '');
  }

  async #all(): Promise<readonly XButton[]> {
    return Array.from((await this.#output()).matchAll(BUTTON), ([, kind, x, y, button]) => ({
      isPress: kind === 'Press',
      x: Number(x),
      y: Number(y),
      button: Number(button),
    }));
  }
}

/** A desktop in which xev, an X program, listens to what a browser's key field sends. */
import { open, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../e2e/faults-kit.ts';
import type { Person } from '../e2e/person.ts';
import { pretendPlatform } from '../e2e/typing.ts';
import { judged, type KeyCase } from './key-case.ts';
import type { Keysyms } from './keysyms.ts';
import { replay } from './replay.ts';
import type { KeyInit, Step } from './steps.ts';
import { PLATFORMS } from './systems.ts';
import { parseXev, type XKey } from './xev.ts';

export interface Wrong {
  readonly what: string;
  readonly problem: string;
}

/** A key that no modifier changes and no case uses; it stands between cases. */
const SEPARATOR = 'Pause';
/** Xvnc maps each new character to a spare key; a program that is further behind than it has keys reads a later one. */
const AT_ONCE = 60;
const PATIENCE_MS = 60_000;

export class Listener {
  readonly #person: Person;
  readonly #file: string;
  #read = 0;

  private constructor(person: Person, file: string) {
    this.#person = person;
    this.#file = file;
  }

  /** The person must see a desktop. `file`: `keys` in its home, as this machine sees it. */
  static async start(person: Person, file: string): Promise<Listener> {
    await rm(file, { force: true });
    await person.starts('terminal');
    for (const key of 'exec stdbuf -oL xev -event keyboard >keys\n')
      await person.page.keyboard.press(key === '\n' ? 'Enter' : key);
    const listener = new Listener(person, file);
    // Until its window has the keyboard, keys go elsewhere.
    await eventually('xev hears keys', async () => {
      await person.page.evaluate(replay, separator());
      return (await listener.#output()).includes(SEPARATOR) ? true : null;
    });
    await listener.#settle();
    return listener;
  }

  /** Replays the cases, and returns what was wrong. */
  async try(cases: readonly KeyCase[], keysyms: Keysyms): Promise<readonly Wrong[]> {
    const wrong: Wrong[] = [];
    for (const some of portions(cases)) {
      await pretendPlatform(this.#person.page, PLATFORMS[some[0]?.system ?? 'linux']);
      const steps = some.flatMap(({ before = [], steps, alone }) => [
        ...before,
        ...separator(alone?.[0]),
        ...steps,
        ...separator(alone?.[1]),
      ]);
      // The desktop may report its locks after it has sent keys to its programs.
      await this.#person.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
      await this.#person.page.evaluate(replay, steps);
      // What comes before a case ends with a separator, too.
      const groups = await this.#groups(2 * some.length);
      some.forEach((one, at) => {
        const problem = judged(one, groups[2 * at]?.keys ?? [], groups[2 * at + 1]?.left ?? -1, keysyms);
        if (problem !== null) wrong.push({ what: one.what, problem });
      });
    }
    return wrong;
  }

  /** What came after each of this many separators. `left`: the modifiers that were held at the separator. */
  async #groups(count: number): Promise<readonly { readonly left: number; readonly keys: readonly XKey[] }[]> {
    for (const until = performance.now() + PATIENCE_MS; ; await delay(10)) {
      const groups: { left: number; keys: XKey[]; isOver: boolean }[] = [];
      for (const key of parseXev(await this.#output()))
        if (key.name !== SEPARATOR) groups.at(-1)?.keys.push(key);
        else if (key.isPress) groups.push({ left: key.state, keys: [], isOver: false });
        else groups.splice(-1, 1, ...groups.slice(-1).map((last) => ({ ...last, isOver: true })));
      if ((groups.length >= count && groups.at(-1)?.isOver === true) || performance.now() > until) {
        await this.#settle();
        return groups;
      }
    }
  }

  async #output(): Promise<string> {
    const file = await open(this.#file).catch(() => null);
    if (file === null) return '';
    try {
      const { size } = await file.stat();
      const { buffer } = await file.read(Buffer.alloc(size - this.#read), 0, size - this.#read, this.#read);
      return buffer.toString();
    } finally {
      await file.close();
    }
  }

  async #settle(): Promise<void> {
    this.#read += Buffer.byteLength(await this.#output());
  }
}

function separator(flags: Partial<KeyInit> = {}): readonly Step[] {
  const init = { key: SEPARATOR, code: SEPARATOR, ...flags };
  return [
    { type: 'keydown', init },
    { type: 'keyup', init },
  ];
}

function portions(cases: readonly KeyCase[]): readonly (readonly KeyCase[])[] {
  const portions: KeyCase[][] = [];
  for (const one of cases) {
    const last = portions.at(-1);
    const fits = last && last.length < AT_ONCE && last[0]?.system === one.system;
    if (last && fits && !one.alone && !last[0]?.alone) last.push(one);
    else portions.push([one]);
  }
  return portions;
}

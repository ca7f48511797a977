/** What is tried, in parts whose results are counted together. */
import { type DeadKeys, readDeadKeys } from './compose.ts';
import { behaviourCases } from './behaviour-cases.ts';
import { FIREFOX, WEBKIT } from './browser-cases.ts';
import type { KeyCase } from './key-case.ts';
import { keymapOf } from './keymap.ts';
import { type Keysyms, readKeysyms } from './keysyms.ts';
import { layoutCases } from './layout-cases.ts';
import type { Layout } from './layouts.ts';
import type { Listener, Wrong } from './listener.ts';
import type { Count, LayoutResult } from './results.ts';
import { SYSTEMS } from './systems.ts';

export interface Outcome<Result> {
  readonly result: Result;
  readonly wrong: readonly Wrong[];
}

export class Trials {
  readonly #listener: Listener;
  readonly #keysyms: Keysyms;
  readonly #deadKeys: DeadKeys;

  private constructor(listener: Listener, keysyms: Keysyms, deadKeys: DeadKeys) {
    this.#listener = listener;
    this.#keysyms = keysyms;
    this.#deadKeys = deadKeys;
  }

  static async with(listener: Listener): Promise<Trials> {
    return new Trials(listener, await readKeysyms(), await readDeadKeys());
  }

  async layout(layout: Layout, systems = SYSTEMS): Promise<Outcome<LayoutResult>> {
    const wrong: Wrong[] = [];
    const counts = { characters: NONE, deadKeys: NONE, shortcuts: NONE };
    for (const system of systems) {
      const sources = { keysyms: this.#keysyms, deadKeys: this.#deadKeys };
      const cases = layoutCases(await keymapOf(system === 'mac' ? layout.mac : layout.xkb), system, sources);
      for (const kind of ['characters', 'deadKeys', 'shortcuts'] as const) {
        const { result, wrong: here } = await this.#count(cases[kind]);
        counts[kind] = { tried: counts[kind].tried + result.tried, wrong: counts[kind].wrong + result.wrong };
        wrong.push(...here.map(({ what, problem }) => ({ what: `${layout.name}, ${system}: ${what}`, problem })));
      }
    }
    return { result: { name: layout.name, ...counts }, wrong };
  }

  behaviour = (): Promise<Outcome<Count>> => this.#count(behaviourCases());
  firefox = (): Promise<Outcome<Count>> => this.#count(FIREFOX);
  webkit = (): Promise<Outcome<Count>> => this.#count(WEBKIT);

  async #count(cases: readonly KeyCase[]): Promise<Outcome<Count>> {
    const wrong = await this.#listener.try(cases, this.#keysyms);
    return { result: { tried: cases.length, wrong: wrong.length }, wrong };
  }
}

const NONE: Count = { tried: 0, wrong: 0 };

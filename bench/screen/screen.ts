/**
 * The screen beside others: each figure is taken of all contenders in turn, again and again, so that what else the machine does
 * meets all of them. The gateway and ten idle desktops come after that.
 */
import { messageOf } from '#domain/errors.ts';
import type { ScreenPart } from '../browser-part.ts';
import type { Contender, Missing } from './contender.ts';
import { contenders } from './contenders.ts';
import { type Amount, type Facts, type Test, TESTS } from './figures.ts';
import { gatewayBeside } from './gateway.ts';
import { idleDesktops } from './idle-desktops.ts';
import { machine } from './machine.ts';
import { figure, type Figure, type Measured, OURS } from './results.ts';
import { tools } from './tools.ts';

const AMOUNT: Amount = { inputs: 20, motionMs: 8_000 };
const QUICK: Amount = { inputs: 10, motionMs: 3_000 };
/** Turns of `--quick`. */
const FEW = 2;
const FAILURES = 2;

export const measure: ScreenPart = async (stage, { runs, isQuick, folder, log }) => {
  const found = tools(folder, !isQuick, log);
  log('bench: the gateway beside others');
  const gateway = await gatewayBeside(found, isQuick ? FEW : runs, isQuick);
  await using owned = new AsyncDisposableStack();
  const all = await contenders(owned, stage, found, isQuick, log);
  const there = all.filter((one): one is Contender => 'page' in one);
  const skipped = all
    .filter((one): one is Missing => 'skipped' in one)
    .map(({ name, skipped }) => ({ what: name, skipped }));
  skipped.push(...gateway.skipped);
  const own = Object.fromEntries(there.map(({ name, version }) => [name, version]));
  const versions = { ...own, ...gateway.versions };
  const [turns, amount] = isQuick ? [FEW, QUICK] : [runs, AMOUNT];
  const figures: Figure[] = [];
  for (const test of TESTS) {
    if (isQuick && !test.isQuick) continue;
    log(`bench: ${test.figures.map(({ what }) => what).join(', ')}`);
    const measured = await turnsOf(test, there, turns, amount);
    figures.push(...measured.figures.map(figure));
    skipped.push(...measured.failed);
  }
  // The browsers and the others' desktops would be in the way.
  await owned.disposeAsync();
  if (!isQuick) figures.push(figure(await idleDesktops(stage)));
  figures.push(...gateway.figures.map(figure));
  return { date: new Date().toISOString().slice(0, 10), machine: await machine(), versions, skipped, figures };
};

interface Taken {
  readonly figures: readonly Measured[];
  readonly failed: readonly { readonly what: string; readonly skipped: string }[];
}

/** A contender that fails in a test a second time is left out of it; ours mustn't fail so often. */
async function turnsOf(test: Test, all: readonly Contender[], turns: number, amount: Amount): Promise<Taken> {
  const samples = new Map<string, Map<string, number[]>>(test.figures.map(({ id }) => [id, new Map()]));
  const failures = new Map<string, string[]>();
  const taking = all.filter(({ onlyInput }) => test.isInput || !onlyInput);
  for (let turn = 0; turn < turns; turn += 1) {
    for (const contender of taking) {
      const { name } = contender;
      const before = failures.get(name) ?? [];
      if (before.length >= FAILURES) continue;
      try {
        for (const [id, values] of Object.entries(await test.sample(contender, amount))) {
          const list = samples.get(id) ?? new Map<string, number[]>();
          list.set(name, [...(list.get(name) ?? []), ...values]);
          samples.set(id, list);
        }
      } catch (error) {
        if (name === OURS && before.length + 1 >= FAILURES) throw error;
        failures.set(name, [...before, messageOf(error)]);
      }
    }
  }
  const figures = test.figures.map((facts: Facts) => ({
    ...facts,
    samples: Object.fromEntries(samples.get(facts.id) ?? []),
  }));
  const what = test.figures[0]?.what ?? '';
  const failed = [...failures].map(([name, [why = '']]) => ({ what: `${what}, ${name}`, skipped: why }));
  return { figures, failed };
}

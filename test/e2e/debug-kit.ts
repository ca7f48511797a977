/** What a person does to look inside: opens, types into a terminal and reads what it says. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { ToolboxRequest } from '#protocol/debug.ts';
import { Someone } from './faults-kit.ts';
import type { Person } from './person.ts';
import type { Product } from './product.ts';

const BUILD_MS = 10 * 60_000;
const LOOK_MS = 500;

/** Puts a first toolbox: building its image is no part of any journey. */
export async function toolboxIsAtHand(product: Product): Promise<void> {
  await using somebody = await Someone.at(product, 'zoidberg');
  await runs(somebody, { desktop: await somebody.hasDesktop() });
  await somebody.client.desktop.remove();
}

/** A toolbox without a browser, from its beginning to its end. */
export async function runs({ client }: Someone, asked: ToolboxRequest): Promise<void> {
  const { id } = await client.debug.toolbox(asked);
  const until = performance.now() + BUILD_MS;
  while (performance.now() < until) {
    const { status } = await client.debug.get(id);
    if (status.state === 'running') {
      await client.debug.end(id);
      return;
    }
    assert.notEqual(status.state, 'ended', JSON.stringify(status));
    await delay(LOOK_MS);
  }
  assert.fail('the toolbox never ran');
}

export type Box = 'terminal-box' | 'debug-box';

/** Long lines are broken by the terminal: it is read without breaks and spaces. */
const squeezed = (text: string): string => text.replaceAll(/\s+/g, '');

/** Waits until the terminal shows this text, wherever its lines are broken. */
export async function reads(person: Person, box: Box, text: string): Promise<void> {
  await person.find(box).waitFor();
  try {
    await person.page.waitForFunction(
      ({ box, wanted }) => {
        const rows = document.querySelector(`[data-test="${box}"] .xterm-rows`);
        return rows?.textContent.replaceAll(/\s+/g, '').includes(wanted) ?? false;
      },
      { box, wanted: squeezed(text) },
    );
  } catch (error) {
    const shown = await person.find(box).innerText();
    assert.fail(`the terminal never said “${text}”, but: ${shown}\n${String(error)}`);
  }
}

export async function types(person: Person, box: Box, line: string): Promise<void> {
  await person.find(box).locator('.xterm-helper-textarea').focus();
  await person.page.keyboard.type(line);
  await person.page.keyboard.press('Enter');
}

/** In Tasks, the newest launch of an app that has ended; resolves to its id. */
export async function choosesFailed(person: Person, app: string): Promise<string> {
  await person.opens('tasks');
  // The newest: those of earlier days are listed, too.
  const newest = person.page.locator(`tr:first-child[data-test="task"][data-state="finished"][data-app*="${app}"]`);
  await newest.waitFor();
  const id = await newest.getAttribute('data-launch');
  assert.ok(id);
  await newest.locator('.task-name').click();
  return id;
}

/** From a chosen launch that has ended to a copy of it that does nothing; resolves to the copy's id. */
export async function copiesAsleep(person: Person, of: string): Promise<string> {
  await person.find('task-debug').click();
  await person.find('copy-sleep').click();
  await person.find('copy-make').click();
  const copy = person.find('task', '.on').filter({ hasText: `copy of ${of}` });
  await copy.waitFor();
  const id = await copy.getAttribute('data-launch');
  assert.ok(id);
  await person.find('task', `[data-launch="${id}"]:not([data-state="finished"])`).waitFor();
  return id;
}

/** Asks for a toolbox in the open dialog, with a reason where one is asked for. */
export async function putsToolbox(person: Person, reason?: string): Promise<void> {
  if (reason !== undefined) await person.find('debug-reason').fill(reason);
  await person.find('toolbox-put').click();
  await person.find('debug-terminal').waitFor();
}

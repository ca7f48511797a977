/** The browser actions of a debug session: opening pages, typing into a terminal and reading its output. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { ToolboxRequest } from '#protocol/debug.ts';
import { Someone } from './faults-kit.ts';
import type { Person } from './person.ts';
import type { Product } from './product.ts';

const BUILD_MS = 10 * 60_000;
const LOOK_MS = 500;

/** Starts a first toolbox, because building its image is not part of the tests. */
export async function toolboxIsAtHand(product: Product): Promise<void> {
  await using somebody = await Someone.at(product, 'zoidberg');
  await runs(somebody, { desktop: await somebody.hasDesktop() });
  await somebody.client.desktop.remove();
}

/** Runs a toolbox without a browser, from start to end. */
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

/** The terminal breaks long lines, so its text is compared without line breaks and spaces. */
const squeezed = (text: string): string => text.replaceAll(/\s+/g, '');

/** Waits until the terminal shows this text, ignoring line breaks. */
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

/** Selects an app's newest finished launch on the Tasks page and resolves to its id. */
export async function choosesFailed(person: Person, app: string): Promise<string> {
  await person.opens('tasks');
  // Earlier launches are listed, too.
  const newest = person.page.locator(`tr:first-child[data-test="task"][data-state="finished"][data-app*="${app}"]`);
  await newest.waitFor();
  const id = await newest.getAttribute('data-launch');
  assert.ok(id);
  await newest.locator('.task-name').click();
  return id;
}

/** Copies the selected finished launch with a command that only sleeps; resolves to the id of the copy. */
export async function copiesAsleep(person: Person, of: string): Promise<string> {
  await person.find('task-debug').click();
  await person.find('copy-sleep').click();
  await person.find('copy-start').click();
  const copy = person.find('task', '.on').filter({ hasText: `copy of ${of}` });
  await copy.waitFor();
  const id = await copy.getAttribute('data-launch');
  assert.ok(id);
  await person.find('task', `[data-launch="${id}"]:not([data-state="finished"])`).waitFor();
  return id;
}

/** Requests a toolbox in the open dialog, with a reason if the dialog asks for one. */
export async function putsToolbox(person: Person, reason?: string): Promise<void> {
  if (reason !== undefined) await person.find('debug-reason').fill(reason);
  await person.find('toolbox-start').click();
  await person.find('debug-terminal').waitFor();
}

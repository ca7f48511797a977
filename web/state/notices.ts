/** Telling the user: what the server reports and what went wrong here meet on one board. */
import { ApiError, ConnectionError } from '#client/errors.ts';
import type { Notice } from '#protocol/events.ts';
import { t } from '../ui/strings/catalogue.ts';
import { board } from './store.ts';
import { dismiss, post } from './world.ts';

let made = 0;

export function show(notice: Notice): void {
  board.value = post(board.value, notice);
}

export function say(level: Notice['level'], text: string, launchId: string | null = null): void {
  made += 1;
  show({ id: `here-${made}`, level, text, launchId, at: new Date().toISOString() });
}

export function dismissNotice(id: string): void {
  board.value = dismiss(board.value, id);
}

/** What a failure means to people: the server's sentence and its remedy, or that the network is gone. */
export function sentence(error: unknown): string {
  if (error instanceof ApiError) return error.remedy ? `${error.message} ${error.remedy}` : error.message;
  if (error instanceof ConnectionError) return error.message;
  console.error(error);
  return error instanceof Error ? error.message : t.notices.unnamed;
}

/** Runs what a button asks for; a failure becomes a notice. Resolves to whether it worked. */
export async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    say('error', sentence(error));
    return false;
  }
}

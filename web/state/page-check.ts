/** Asks whether this page may open screens and terminals: browsers hide why a WebSocket was refused. */
import { ApiError } from '#client/errors.ts';
import { api } from './api.ts';
import { errorText } from '../ui/error-text.ts';
import { t } from '../ui/strings/catalogue.ts';

const TIMEOUT_MS = 3_000;

/** Rejects if the server doesn't accept the page's origin. Other failures are ignored. */
export async function checkPage(signal: AbortSignal): Promise<void> {
  try {
    await api.desktop.check(AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]));
  } catch (error) {
    if (error instanceof ApiError && error.code === 'forbidden') throw error;
  }
}

/** Why a terminal was refused, as a sentence; null if unknown. */
export async function whyRefused(): Promise<string | null> {
  try {
    await checkPage(AbortSignal.timeout(TIMEOUT_MS));
    const terminals = (await api.limits()).find(({ name }) => name === 'terminals');
    return terminals && (terminals.used ?? 0) >= terminals.limit ? t.terminal.tooMany(terminals.limit) : null;
  } catch (error) {
    return errorText(error);
  }
}

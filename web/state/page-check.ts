/** Asks whether this page may open screens and terminals: browsers hide why a WebSocket was refused. */
import { ApiError } from '#client/errors.ts';
import { api } from './api.ts';
import { errorText } from '../ui/error-text.ts';

const TIMEOUT_MS = 3_000;

/** Rejects if the server doesn't accept the page's origin. Other failures are ignored. */
export async function checkPage(signal: AbortSignal): Promise<void> {
  try {
    await api.desktop.check(AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]));
  } catch (error) {
    if (error instanceof ApiError && error.code === 'forbidden') throw error;
  }
}

/** The reason as a sentence, or null if the origin is accepted. */
export async function whyRefused(): Promise<string | null> {
  return await checkPage(AbortSignal.timeout(TIMEOUT_MS)).then(() => null, errorText);
}

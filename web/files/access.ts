/** The right to the files of the home folder, a cookie that lives for minutes: renewed while the panel or a transfer needs it. */
import type { FilesSession } from '#protocol/files.ts';
import { ignore } from '#protocol/ignore.ts';
import { signal } from '@preact/signals';
import { api } from '../state/api.ts';
import type { Remote } from '../ui/remote.ts';

/** As the server last said; the rights and the space of the home folder. */
export const access = signal<Remote<FilesSession>>({ state: 'loading' });

/** Renewed this long before it expires. */
const EARLY_MS = 60_000;
const SOONEST_MS = 20_000;
/** Even if the clock of this computer is wrong: the server's cookies live for up to seven minutes. */
const LATEST_MS = 5 * 60_000;

let renewing: Promise<FilesSession> | null = null;
let holders = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** At most one request at a time; the others wait for the same answer. */
export function renewAccess(): Promise<FilesSession> {
  renewing ??= request().finally(() => (renewing = null));
  return renewing;
}

/** The current right, or a new one. */
export function currentAccess(): Promise<FilesSession> {
  const { value } = access;
  if (value.state === 'loaded' && Date.parse(value.value.expiresAt) > Date.now()) return Promise.resolve(value.value);
  return renewAccess();
}

/** Keeps it valid until the returned function is called. */
export function holdAccess(): () => void {
  holders += 1;
  if (holders === 1) plan();
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    holders -= 1;
    if (holders === 0) clearTimeout(timer);
  };
}

/** After logout. */
export function forgetAccess(): void {
  access.value = { state: 'loading' };
}

async function request(): Promise<FilesSession> {
  try {
    const value = await api.desktop.files();
    access.value = { state: 'loaded', value };
    return value;
  } catch (error) {
    access.value = { state: 'failed', error };
    throw error;
  } finally {
    plan();
  }
}

function plan(): void {
  clearTimeout(timer);
  if (holders === 0) return;
  const { value } = access;
  const left = value.state === 'loaded' ? Date.parse(value.value.expiresAt) - Date.now() - EARLY_MS : 0;
  const due = Math.min(LATEST_MS, Math.max(SOONEST_MS, left));
  timer = setTimeout(() => void renewAccess().catch(ignore('the next request renews it')), due);
}

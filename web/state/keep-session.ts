/** Extends the session while the page is used, warns before it ends, and checks with the server when it has expired. */
import { signal } from '@preact/signals';
import type { Session } from '#protocol/user.ts';
import { t } from '../ui/strings/catalogue.ts';
import { moment } from '../ui/format.ts';
import { api, wake } from './api.ts';
import { dismissNotices, show } from './notices.ts';
import { due, type Life, warningIdOf } from './session-life.ts';

const CHECK_MS = 1_000;
/** Pause after a network failure. */
const RETRY_MS = 5_000;
/** Seconds are rounded. */
const MOVED_MS = 2_000;
const USES = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const;

/** Extends the session at once; null if nothing extends it any more. */
export const stayLoggedIn = signal<(() => void) | null>(null);

/** Runs until the signal aborts. `onEnded` receives the server's error when the session has ended. */
export function keepSession(who: Session, onEnded: (error: unknown) => void, until: AbortSignal): void {
  let life: Life = { repliedAt: Date.now(), endsAt: endOf(who), usedAt: 0, extendable: true };
  let warning: string | null = null;
  let notBefore = 0;

  const learn = (session: Session): void => {
    const endsAt = endOf(session);
    life = { ...life, repliedAt: Date.now(), endsAt, extendable: endsAt > life.endsAt + MOVED_MS };
    if (warning !== null && warning !== warningIdOf(life)) {
      dismissNotices([warning]);
      warning = null;
    }
    stayLoggedIn.value = life.extendable ? extend : null;
  };
  const send = (request: Promise<Session>): void => {
    notBefore = Infinity;
    request.then(learn, onEnded).finally(() => {
      notBefore = Date.now() + RETRY_MS;
    });
  };
  const extend = (): void => send(api.session.extend());
  const check = (): void => {
    const now = Date.now();
    if (now < notBefore) return;
    const what = due(life, now);
    if (what === 'extend') extend();
    else if (what === 'check') send(api.session.current());
    else if (what === 'warn' && warning === null) {
      warning = warningIdOf(life);
      const text = life.extendable ? t.session.endsUnused : t.session.ends;
      show({
        id: warning,
        level: 'warning',
        text: text(moment(new Date(life.endsAt).toISOString(), new Date(now))),
        launchId: null,
        at: new Date(now).toISOString(),
      });
    }
  };
  const used = (): void => {
    life = { ...life, usedAt: Date.now() };
  };
  for (const event of USES) window.addEventListener(event, used, { capture: true, passive: true, signal: until });
  const timer = setInterval(check, CHECK_MS);
  wake.addEventListener('wake', check, { signal: until });
  stayLoggedIn.value = extend;
  const stop = (): void => {
    clearInterval(timer);
    stayLoggedIn.value = null;
  };
  until.addEventListener('abort', stop, { once: true });
}

/** By the clock of this page. */
function endOf({ expiresAt, secondsLeft }: Session): number {
  return secondsLeft === undefined ? Date.parse(expiresAt) : Date.now() + secondsLeft * 1000;
}

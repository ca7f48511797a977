/** Another user requests a debug session on this user's desktop. The dialog never closes automatically. */
import { useState } from 'preact/hooks';
import { debugSessions } from '../state/store.ts';
import { dateTime } from '../ui/format.ts';
import { LayerFrame } from '../layers/layer-frame.tsx';
import { closeLayer } from '../layers/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { FactList } from '../ui/fact-list.tsx';
import { answer } from './actions.ts';
import { endText, objectOf } from './sessions.ts';
import './debug.css';

export function Consent({ id }: { id: string }) {
  const [busy, setBusy] = useState(false);
  const session = debugSessions.value.find((one) => one.id === id);
  if (!session) return null;
  const { by, kind, profile, reason, status } = session;
  const title = t.consent.title(by.name);
  const open = status.state === 'asking';
  const say = async (agree: boolean) => {
    setBusy(true);
    const answered = await answer(id, agree);
    setBusy(false);
    if (answered) closeLayer('consent');
  };
  return (
    <LayerFrame kind="consent" label={title} role="alertdialog" class="dialog wide" dim>
      {/* Not a button: keys that were meant for an application must not agree to anything. */}
      <h2 tabIndex={-1} data-autofocus>
        {title}
      </h2>
      <p>{t.consent.kinds[kind](objectOf(session))}</p>
      <FactList
        facts={[
          [t.consent.who, by.name === by.id ? by.id : `${by.name} (${by.id})`],
          [t.consent.why, reason || t.consent.noReason],
          [t.consent.rights, profile && `${t.debug.profiles[profile]}: ${t.consent.profiles[profile]}`],
          [t.consent.until, status.state === 'asking' ? dateTime(status.until) : null],
        ]}
      />
      <p class="small">{open ? t.consent.hint : closedWords(session)}</p>
      <div class="ends">
        <button type="button" class="quiet" onClick={() => closeLayer('consent')} data-test="consent-later">
          {open ? t.consent.later : t.close}
        </button>
        {open && (
          <button type="button" disabled={busy} onClick={() => void say(false)} data-test="consent-decline">
            {t.consent.decline}
          </button>
        )}
        {open && (
          <button
            type="button"
            class="primary"
            disabled={busy}
            onClick={() => void say(true)}
            data-test="consent-agree"
          >
            {t.consent.agree}
          </button>
        )}
      </div>
    </LayerFrame>
  );
}

/** It was answered elsewhere, approved, or cancelled. */
function closedWords(session: Parameters<typeof endText>[0]): string {
  return session.status.state === 'ended' ? endText(session, t.debugSessions) : t.consent.answered;
}

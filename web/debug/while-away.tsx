/** Debug sessions on this user's desktop while they were away, until they are marked as seen. */
import { useState } from 'preact/hooks';
import { debugSessions } from '../state/store.ts';
import { LayerFrame } from '../layers/layer-frame.tsx';
import { closeLayer, openLayer } from '../layers/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { dateTime } from '../ui/format.ts';
import { markSeen } from './actions.ts';
import { endText, objectOf } from './sessions.ts';
import './debug.css';

export function WhileAway({ ids }: { ids: readonly string[] }) {
  const [busy, setBusy] = useState(false);
  const sessions = debugSessions.value.filter(({ id }) => ids.includes(id));
  const seen = async () => {
    setBusy(true);
    const done = await markSeen(sessions);
    setBusy(false);
    if (done) closeLayer('while-away');
  };
  return (
    <LayerFrame kind="while-away" label={t.whileAway.title} class="dialog wide" dim>
      <h2 tabIndex={-1} data-autofocus>
        {t.whileAway.title}
      </h2>
      <ul class="away-list">
        {sessions.map((one) => (
          <li key={one.id} data-test="away-session">
            <p>
              <b>{one.by.name}</b> {t.banner.what[one.kind](objectOf(one))}
            </p>
            <p class="small">
              {t.whileAway.times(dateTime(one.startedAt ?? one.askedAt), endOf(one))} {endText(one, t.debugSessions)}
            </p>
            {one.reason && <p class="small">{t.banner.why(one.reason)}</p>}
            {one.grantedBy !== null && <p class="small">{t.whileAway.approved(one.grantedBy)}</p>}
            {one.transcript && (
              <button type="button" class="link" onClick={() => openLayer({ kind: 'recording', session: one })}>
                {t.debugSessions.play}
              </button>
            )}
          </li>
        ))}
      </ul>
      <div class="ends">
        <button type="button" class="quiet" onClick={() => closeLayer('while-away')}>
          {t.consent.later}
        </button>
        <button type="button" class="primary" disabled={busy} onClick={() => void seen()} data-test="away-seen">
          {t.whileAway.seen}
        </button>
      </div>
    </LayerFrame>
  );
}

const endOf = ({ status }: (typeof debugSessions.value)[number]): string =>
  status.state === 'ended' ? dateTime(status.at) : '';

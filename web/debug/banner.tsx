/** Stands over the desktop while somebody else is inside it: who, since when, why, and the button that ends it. */
import { Eye } from 'lucide';
import { debugSessions, session } from '../state/store.ts';
import { moment } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { endSession, showSession } from './actions.ts';
import { insideMine, objectOf } from './sessions.ts';
import './debug.css';

export function Banner() {
  const inside = insideMine(debugSessions.value, session.value?.user.id ?? '');
  return (
    <div class="banners" role="status" aria-live="polite">
      {inside.map((one) => (
        <div key={one.id} class="banner glass" data-test="debug-banner" data-session={one.id}>
          <Icon of={Eye} size={15} />
          <p class="grow">
            <b>{t.banner.who(one.by.name)}</b> {t.banner.what[one.kind](objectOf(one))}{' '}
            {one.startedAt !== null && t.banner.since(moment(one.startedAt, new Date()))}{' '}
            {one.reason && <span class="small">{t.banner.why(one.reason)}</span>}
          </p>
          {one.kind !== 'copy' && (
            <button type="button" class="quiet" onClick={() => showSession(one)} data-test="banner-watch">
              {t.banner.watch}
            </button>
          )}
          <button type="button" onClick={() => void endSession(one.id)} data-test="banner-end">
            {t.banner.end}
          </button>
        </div>
      ))}
    </div>
  );
}

/** Notifications: one at a time at the lower right, announced to screen readers, and the list of earlier ones. */
import { signal } from '@preact/signals';
import type { Notice } from '#protocol/events.ts';
import { CircleAlert, Info, TriangleAlert, X } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import { isOffer } from '../downloads/offers.ts';
import { OfferNotice } from '../downloads/offer-notice.tsx';
import { isEndNotice, noticeToShow } from '../state/ended-notices.ts';
import { isPrintNotice } from '../prints/present-print.ts';
import { PrintNotice } from '../prints/print-notice.tsx';
import { stayLoggedIn } from '../state/keep-session.ts';
import { isSessionWarning } from '../state/session-life.ts';
import { linkIn } from '../state/link-notices.ts';
import { actionOf, dismissNotices } from '../state/notices.ts';
import { board } from '../state/store.ts';
import { moment } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { LayerFrame } from '../layers/layer-frame.tsx';
import { closeLayer, openLayer } from '../layers/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { EndedNotice } from './ended-notice.tsx';
import './notices.css';

const ICONS = { info: Info, warning: TriangleAlert, error: CircleAlert };
/** How long a notice is shown; errors stay. */
const SHOWN_MS = { info: 6_000, warning: 12_000 };
/** How long the notice of an ended launch is shown; it stays unread. */
const END_SHOWN_MS = 15_000;
/** How long the notice of a link or of new files is shown; it stays in the list. */
const OFFER_SHOWN_MS = 30_000;

/** Unread notices that were shown long enough, or waited behind one that was: they stay in the list. */
const shown = signal<ReadonlySet<string>>(new Set());

export function Notices() {
  const { unread } = board.value;
  const waiting = unread.filter(({ id }) => !shown.value.has(id));
  const first = noticeToShow(waiting);
  const [inUse, setInUse] = useState(false);
  useEffect(() => setInUse(false), [first?.id]);
  useEffect(() => {
    if (!first || inUse) return undefined;
    const { id } = first;
    if (isEndNotice(first)) {
      const passed = waiting.map((notice) => notice.id);
      const timer = setTimeout(() => (shown.value = new Set([...shown.value, ...passed])), END_SHOWN_MS);
      return () => clearTimeout(timer);
    }
    if (linkIn(first) !== null || isOffer(id)) {
      const timer = setTimeout(() => dismissNotices([id]), OFFER_SHOWN_MS);
      return () => clearTimeout(timer);
    }
    if (first.level === 'error' || isSessionWarning(first) || isPrintNotice(id)) return undefined;
    const timer = setTimeout(() => dismissNotices([id]), SHOWN_MS[first.level]);
    return () => clearTimeout(timer);
  }, [first?.id, first?.text, inUse]);
  const urgent = first?.level === 'error';
  const others = waiting.length - 1;
  return (
    <div
      class="notices"
      data-test="notices"
      onPointerEnter={() => setInUse(true)}
      onPointerLeave={() => setInUse(false)}
      onFocusCapture={() => setInUse(true)}
      onBlurCapture={() => setInUse(false)}
    >
      <div role="status" aria-live="polite">
        {first && !urgent && <Card notice={first} others={others} />}
      </div>
      <div role="alert">{first && urgent && <Card notice={first} others={others} />}</div>
    </div>
  );
}

function Card({ notice, others }: { notice: Notice; others: number }) {
  const { id, level, text } = notice;
  return (
    <div key={id} class={`glass notice ${level}`} data-test="notice" data-level={level}>
      <Icon of={ICONS[level]} size={18} />
      <div class="grow">
        <p>
          <span class="hidden-text">{t.notices.levels[level]}: </span>
          {text}
        </p>
        <More notice={notice} />
        {others > 0 && <p class="small">{t.notices.more(others)}</p>}
      </div>
      <button
        type="button"
        class="quiet icon"
        aria-label={t.notices.dismiss}
        onClick={() => dismissNotices([id])}
        data-test="notice-dismiss"
      >
        <Icon of={X} size={15} />
      </button>
    </div>
  );
}

/** Actions for the notice. */
function More({ notice }: { notice: Notice }) {
  const { id, launchId } = notice;
  if (isSessionWarning(notice)) return <Stay />;
  if (isPrintNotice(id)) return <PrintNotice id={id} />;
  if (isOffer(id)) return <OfferNotice id={id} />;
  const action = actionOf(id);
  if (action)
    return (
      <p class="small row">
        <button type="button" class="link" onClick={action.run} data-test="notice-action">
          {action.label}
        </button>
      </p>
    );
  const link = linkIn(notice);
  if (link !== null) return <OpenLink id={id} url={link} />;
  if (launchId === null) return null;
  if (isEndNotice(notice)) return <EndedNotice id={id} launchId={launchId} />;
  return (
    <p class="small row">
      <ShowInTasks id={id} launchId={launchId} />
    </p>
  );
}

function Stay() {
  const stay = stayLoggedIn.value;
  if (stay === null) return null;
  return (
    <p class="small row">
      <button type="button" class="link" onClick={stay} data-test="session-stay">
        {t.session.stay}
      </button>
    </p>
  );
}

/** Browsers open another page only for a click of their user. */
function OpenLink({ id, url }: { id: string; url: string }) {
  return (
    <p class="small row">
      <a
        href={url}
        target="_blank"
        rel="noopener noreferrer"
        onClick={() => dismissNotices([id])}
        data-test="notice-link"
      >
        {t.openWith.openLink}
      </a>
    </p>
  );
}

function ShowInTasks({ id, launchId }: { id: string; launchId: string }) {
  const show = () => {
    dismissNotices([id]);
    closeLayer('notices');
    openLayer({ kind: 'settings', page: 'tasks', launchId });
  };
  return (
    <button type="button" class="link" onClick={show} data-test="notice-tasks">
      {t.notices.details}
    </button>
  );
}

export function NoticeHistory() {
  const { history, unread } = board.value;
  useEffect(() => {
    if (unread.length > 0) dismissNotices(unread.map(({ id }) => id));
  }, [unread]);
  return (
    <LayerFrame
      kind="notices"
      label={t.notices.label}
      class="notice-history"
      style={{ insetInlineEnd: '8px', top: '42px' }}
    >
      <h2>{t.notices.label}</h2>
      {history.length === 0 && <p class="small">{t.notices.empty}</p>}
      <ul>
        {history.map((notice) => (
          <li key={notice.id} class={`notice ${notice.level}`} data-test="notice-earlier">
            <Icon of={ICONS[notice.level]} />
            <div class="grow">
              <p>{notice.text}</p>
              <p class="small">
                <time dateTime={notice.at}>{moment(notice.at, new Date())}</time>
              </p>
              <More notice={notice} />
            </div>
          </li>
        ))}
      </ul>
    </LayerFrame>
  );
}

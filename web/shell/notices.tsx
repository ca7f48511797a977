/** What the user should know: one notice at a time at the lower right, spoken, and the list of earlier ones. */
import type { Notice } from '#protocol/events.ts';
import { CircleAlert, Info, TriangleAlert, X } from 'lucide';
import { useEffect } from 'preact/hooks';
import { dismissNotice } from '../state/notices.ts';
import { board } from '../state/store.ts';
import { moment } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { LayerFrame } from '../ui/layer.tsx';
import { closeLayer, openLayer } from '../ui/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import './notices.css';

const ICONS = { info: Info, warning: TriangleAlert, error: CircleAlert };
/** Long enough to read it; errors stay. */
const SHOWN_MS = { info: 6_000, warning: 12_000 };

export function Notices() {
  const { unread } = board.value;
  const [first] = unread;
  useEffect(() => {
    if (!first || first.level === 'error') return undefined;
    const timer = setTimeout(() => dismissNotice(first.id), SHOWN_MS[first.level]);
    return () => clearTimeout(timer);
  }, [first?.id]);
  const urgent = first?.level === 'error';
  return (
    <div class="notices" data-test="notices">
      <div role="status" aria-live="polite">
        {first && !urgent && <Card notice={first} others={unread.length - 1} />}
      </div>
      <div role="alert">{first && urgent && <Card notice={first} others={unread.length - 1} />}</div>
    </div>
  );
}

function Card({ notice, others }: { notice: Notice; others: number }) {
  const { id, level, text, launchId } = notice;
  return (
    <div key={id} class={`glass notice ${level}`} data-test="notice" data-level={level}>
      <Icon of={ICONS[level]} size={18} />
      <div class="grow">
        <p>
          <span class="hidden-text">{t.notices.levels[level]}: </span>
          {text}
        </p>
        {(launchId !== null || others > 0) && (
          <p class="small row">
            {launchId !== null && <ShowInTasks id={id} launchId={launchId} />}
            {others > 0 && <span>{t.notices.more(others)}</span>}
          </p>
        )}
      </div>
      <button
        type="button"
        class="quiet icon"
        aria-label={t.notices.dismiss}
        onClick={() => dismissNotice(id)}
        data-test="notice-dismiss"
      >
        <Icon of={X} size={15} />
      </button>
    </div>
  );
}

function ShowInTasks({ id, launchId }: { id: string; launchId: string }) {
  const show = () => {
    dismissNotice(id);
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
    for (const { id } of unread) dismissNotice(id);
  }, [unread]);
  return (
    <LayerFrame kind="notices" label={t.notices.label} look="notice-history" style={{ right: '8px', top: '42px' }}>
      <h2>{t.notices.label}</h2>
      {history.length === 0 && <p class="small">{t.notices.empty}</p>}
      <ul>
        {history.map(({ id, level, text, launchId, at }) => (
          <li key={id} class={`notice ${level}`}>
            <Icon of={ICONS[level]} />
            <div class="grow">
              <p>{text}</p>
              <p class="small row">
                <time dateTime={at}>{moment(at, new Date())}</time>
                {launchId !== null && <ShowInTasks id={id} launchId={launchId} />}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </LayerFrame>
  );
}

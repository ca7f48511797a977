/** A launch's log, live while it runs: follow, find, copy, download. */
import { plainText } from '#protocol/escapes.ts';
import type { Launch, LogLine } from '#protocol/launch.ts';
import { ArrowDownToLine, Copy, Download, FileArchive, Search } from 'lucide';
import { memo } from '../ui/memo.ts';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { api } from '../state/api.ts';
import { attempt } from '../state/notices.ts';
import { isOver } from '../state/world.ts';
import { logTime } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { cssOf, spansOf } from './log-colours.ts';
import { looksBad } from './task-model.ts';
import { useLog } from './use-log.ts';

export function LogView({ launch }: { launch: Launch }) {
  const [log, reading] = useLog(launch.id);
  const [follow, setFollow] = useState(true);
  const [query, setQuery] = useState('');
  const [finding, setFinding] = useState(false);
  const [copied, setCopied] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  // At once: a scroll event between new lines and this would look as if the reader had scrolled up.
  useLayoutEffect(() => {
    if (follow && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [log, follow]);

  const asked = query.trim().toLowerCase();
  const hits =
    asked === ''
      ? null
      : log.blocks.flatMap((block) => block.filter(({ text }) => plainText(text).toLowerCase().includes(asked)));
  const copy = async () => {
    const text = log.blocks
      .flatMap((block) => block.map((line) => `${line.at === null ? '' : `${line.at} `}${plainText(line.text)}`))
      .join('\n');
    if (await attempt(() => navigator.clipboard.writeText(text))) setCopied(true);
  };
  const onScroll = () => {
    const { current } = box;
    if (current) setFollow(current.scrollHeight - current.scrollTop - current.clientHeight < 24);
  };
  return (
    <div class="log-view">
      <div class="row log-tools">
        <button type="button" class="quiet" aria-pressed={finding} onClick={() => setFinding(!finding)}>
          <Icon of={Search} size={14} /> {t.tasks.searchLog}
        </button>
        <button
          type="button"
          class="quiet"
          aria-pressed={follow}
          onClick={() => setFollow(!follow)}
          data-test="log-follow"
        >
          <Icon of={ArrowDownToLine} size={14} /> {t.tasks.follow}
        </button>
        <button type="button" class="quiet" onClick={() => void copy()} data-test="log-copy">
          <Icon of={Copy} size={14} /> {copied ? t.copied : t.copy}
        </button>
        <a
          class="button quiet"
          href={api.launches.logUrl(launch.id)}
          download={`${launch.id}.log`}
          data-test="log-download"
        >
          <Icon of={Download} size={14} /> {t.tasks.download}
        </a>
        <a
          class="button quiet"
          href={api.launches.supportUrl(launch.id)}
          download={`${launch.id}.tar.gz`}
          title={t.support.hint}
          data-test="task-support"
        >
          <Icon of={FileArchive} size={14} /> {t.support.button}
        </a>
      </div>
      {finding && (
        <div class="row log-find">
          <input
            type="search"
            aria-label={t.tasks.searchLog}
            placeholder={t.tasks.searchLog}
            value={query}
            onInput={(event) => setQuery(event.currentTarget.value)}
          />
          {hits && (
            <span class="small" role="status">
              {t.tasks.matches(hits.length)}
            </span>
          )}
        </div>
      )}
      <div
        class="log"
        ref={box}
        role="log"
        aria-label={t.tasks.logs}
        aria-live="off"
        tabIndex={0}
        onScroll={onScroll}
        data-test="log"
        data-reading={typeof reading === 'string' ? reading : 'failed'}
      >
        {log.dropped > 0 && <div class="log-note">{t.tasks.logCut(log.dropped)}</div>}
        {hits ? <Block lines={hits} /> : log.blocks.map((lines, at) => <Block key={log.dropped + at} lines={lines} />)}
        {log.lines === 0 && reading !== 'broken' && typeof reading === 'string' && (
          <div class="log-note">{reading === 'complete' || isOver(launch) ? t.tasks.noLog : t.tasks.noLogYet}</div>
        )}
      </div>
      {reading === 'broken' && (
        <p class="small" role="status">
          {t.tasks.logBroken}
        </p>
      )}
      {typeof reading === 'object' && <p role="alert">{reading.failed}</p>}
    </div>
  );
}

const Block = memo(({ lines }: { lines: readonly LogLine[] }) => (
  <>
    {lines.map((line, at) =>
      line.skipped ? (
        <div key={at} class="log-note" data-test="log-skipped">
          {t.tasks.logSkipped(line.skipped.lines, line.skipped.bytes)}
        </div>
      ) : (
        <div key={at} class={looksBad(line.text) ? 'log-line bad' : 'log-line'} data-test="log-line">
          {line.at !== null && <time>{logTime(line.at)}</time>}
          <span>
            {spansOf(line.text).map(({ text, style }, part) => {
              const css = cssOf(style);
              return css === null ? (
                text
              ) : (
                <span key={part} style={css}>
                  {text}
                </span>
              );
            })}
          </span>
        </div>
      ),
    )}
  </>
));

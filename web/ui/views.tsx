/** How a view looks when it has nothing to show: empty, loading, failed, offline, forbidden. Each says what to do. */
import { ApiError, ConnectionError, ReplyError } from '#client/errors.ts';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { sentence } from '../state/notices.ts';
import { t } from './strings/catalogue.ts';

export function Blank({ title, children, test }: { title: string; children?: ComponentChildren; test?: string }) {
  return (
    <div class="blank" data-test={test ?? 'blank'}>
      <h3>{title}</h3>
      {children}
    </div>
  );
}

/** Shows nothing for the first moments: what is quick needs no word. */
export function Loading() {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="blank" role="status">
      {slow ? t.loading : ''}
    </div>
  );
}

export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const again = retry && (
    <button type="button" onClick={retry} data-test="retry">
      {t.retry}
    </button>
  );
  if (error instanceof ApiError && error.status === 403)
    return (
      <Blank title={t.states.forbiddenTitle} test="forbidden">
        <p>{error.message || t.states.forbidden}</p>
      </Blank>
    );
  if (error instanceof ConnectionError)
    return (
      <Blank title={t.states.offlineTitle} test="offline">
        <p>{t.states.offline}</p>
        {again}
      </Blank>
    );
  if (error instanceof ReplyError)
    return (
      <Blank title={t.states.versionTitle} test="old-version">
        <p>{t.states.version}</p>
        <p class="small">{error.message}</p>
        <button type="button" onClick={() => location.reload()}>
          {t.states.reload}
        </button>
      </Blank>
    );
  return (
    <Blank title={t.states.failedTitle} test="failed">
      <p role="alert">{sentence(error)}</p>
      {again}
    </Blank>
  );
}

/** What a view shows instead of content: empty, loading, failed, offline, forbidden. Each says what to do. */
import { ApiError, ConnectionError, ReplyError } from '#client/errors.ts';
import type { ComponentChildren } from 'preact';
import { errorText } from './error-text.ts';
import { t } from './strings/catalogue.ts';
import { useDelayed } from './use-delayed.ts';

export function Blank({ title, children, test }: { title: string; children?: ComponentChildren; test?: string }) {
  return (
    <div class="blank" data-test={test ?? 'blank'}>
      <h3>{title}</h3>
      {children}
    </div>
  );
}

/** Shows nothing at first: a fast reply needs no message. */
export function Loading() {
  const slow = useDelayed(true, 150);
  return (
    <div class="blank" role="status">
      {slow ? t.loading : ''}
    </div>
  );
}

export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const retryButton = retry && (
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
        {retryButton}
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
      <p role="alert">{errorText(error)}</p>
      {retryButton}
    </Blank>
  );
}

/** The description or YAML of the desktop or one of its launches' pods, from the engine. */
import type { Inspection } from '#protocol/inspect.ts';
import { useState } from 'preact/hooks';
import { api } from '../state/api.ts';
import { t } from '../ui/strings/catalogue.ts';
import { useRemote } from '../state/use-remote.ts';
import { Blank, Failure, Loading } from '../ui/views.tsx';
import { appNameOf } from './app-name.ts';
import { copyText } from '../state/notices.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { objectsOf } from './inspect-model.ts';

export function TextView({ what, inspection }: { what: 'describe' | 'yaml'; inspection: Inspection }) {
  const [selected, select] = useState('');
  const objects = objectsOf(inspection);
  const of = objects.includes(selected) ? selected : '';
  const { desktopId } = inspection;
  const [text, reload] = useRemote(`${what} ${desktopId} ${of}`, (signal) =>
    api.inspect[what](desktopId, of || undefined, signal),
  );
  return (
    <>
      <div class="row inspect-text-tools">
        <label class="inspect-of-what grow">
          <span class="small">{t.inspect.object}</span>
          <select value={of} onChange={(event) => select(event.currentTarget.value)} data-test={`${what}-of`}>
            {objects.map((id) => (
              <option key={id} value={id}>
                {id === '' ? t.inspect.frame(desktopId) : [appNameOf(id), id].filter(Boolean).join(' · ')}
              </option>
            ))}
          </select>
        </label>
        <button type="button" class="quiet" onClick={reload} data-test={`${what}-refresh`}>
          {t.refresh}
        </button>
        {text.state === 'loaded' && (
          <CopyButton text={text.value} copy={copyText} label={t.copy} wide test={`${what}-copy`} />
        )}
      </div>
      {text.state === 'loading' && <Loading />}
      {text.state === 'failed' && <Failure error={text.error} retry={reload} />}
      {text.state === 'loaded' && text.value.trim() === '' && <Blank title={t.inspect.noText} />}
      {text.state === 'loaded' && text.value.trim() !== '' && (
        <pre
          class="inspect-text"
          tabIndex={0}
          role="region"
          aria-label={t.inspect.tabs[what]}
          data-test={`${what}-text`}
        >
          {text.value}
        </pre>
      )}
    </>
  );
}

/** The desktop, or what is beside it, in the engine's own words: as a description or as its object. */
import type { Inside } from '#protocol/inside.ts';
import { useState } from 'preact/hooks';
import { api } from '../state/api.ts';
import { t } from '../ui/strings/catalogue.ts';
import { useRemote } from '../ui/remote.ts';
import { Blank, Failure, Loading } from '../ui/views.tsx';
import { appNameOf } from './app-name.ts';
import { CopyButton } from './copy-button.tsx';
import { objectsOf } from './inside-model.ts';

export function TextView({ what, inside }: { what: 'describe' | 'yaml'; inside: Inside }) {
  const [wished, wish] = useState('');
  const objects = objectsOf(inside);
  const of = objects.includes(wished) ? wished : '';
  const { desktopId } = inside;
  const [text, again] = useRemote(`${what} ${desktopId} ${of}`, (signal) =>
    api.inside[what](desktopId, of || undefined, signal),
  );
  return (
    <>
      <div class="row inside-text-tools">
        <label class="inside-of-what grow">
          <span class="small">{t.inside.object}</span>
          <select value={of} onChange={(event) => wish(event.currentTarget.value)} data-test={`${what}-of`}>
            {objects.map((id) => (
              <option key={id} value={id}>
                {id === '' ? t.inside.frame(desktopId) : [appNameOf(id), id].filter(Boolean).join(' · ')}
              </option>
            ))}
          </select>
        </label>
        <button type="button" class="quiet" onClick={again} data-test={`${what}-again`}>
          {t.desktops.again}
        </button>
        {text.state === 'there' && <CopyButton text={text.value} label={t.copy} wide test={`${what}-copy`} />}
      </div>
      {text.state === 'loading' && <Loading />}
      {text.state === 'failed' && <Failure error={text.error} retry={again} />}
      {text.state === 'there' && text.value.trim() === '' && <Blank title={t.inside.noText} />}
      {text.state === 'there' && text.value.trim() !== '' && (
        <pre class="inside-text" tabIndex={0} role="region" aria-label={t.inside.tabs[what]} data-test={`${what}-text`}>
          {text.value}
        </pre>
      )}
    </>
  );
}

/** Asks which of several apps opens a file or link, now and by default. */
import { kindOf, type OpenRequest } from '#protocol/open.ts';
import { useState } from 'preact/hooks';
import { LayerFrame } from '../layers/layer-frame.tsx';
import { closeLayer } from '../layers/layers.ts';
import { apps as allApps } from '../state/store.ts';
import { AppIcon } from '../ui/app-icon.tsx';
import { Checkbox } from '../ui/form-fields.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { openWith } from './open-with.ts';
import './open-with-dialog.css';

interface Props {
  readonly request: OpenRequest;
  /** Ids, best first. */
  readonly apps: readonly string[];
}

export function OpenWith({ request, apps }: Props) {
  const [always, setAlways] = useState(false);
  const choices = apps.flatMap((id) => allApps.value.find((app) => app.id === id) ?? []);
  const choose = (id: string) => {
    closeLayer('open-with', true);
    void openWith(request, id, always);
  };
  return (
    <LayerFrame kind="open-with" label={t.openWith.title} class="dialog" dim>
      <h2>{t.openWith.title}</h2>
      <p class="open-with-what">{'url' in request ? request.url : `~/${request.path}`}</p>
      <ul class="open-with-apps">
        {choices.map((app) => (
          <li key={app.id}>
            <button type="button" onClick={() => choose(app.id)} data-test="open-with-app" data-app={app.name}>
              <AppIcon name={app.displayName} url={app.iconUrl} size={32} />
              <span class="grow">{app.displayName}</span>
            </button>
          </li>
        ))}
      </ul>
      <Checkbox label={alwaysText(kindOf(request))} on={always} test="open-with-always" change={setAlways} />
      <div class="ends">
        <button type="button" class="quiet" onClick={() => closeLayer('open-with')} data-test="open-with-cancel">
          {t.cancel}
        </button>
      </div>
    </LayerFrame>
  );
}

function alwaysText(kind: string): string {
  const { always } = t.openWith;
  const others: Readonly<Record<string, string>> = {
    '.': always.plainFiles,
    '/': always.folders,
    'web:': always.links,
    'mailto:': always.addresses,
  };
  return others[kind] ?? always.files(kind);
}

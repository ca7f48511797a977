/** *Run again with …*: other variables, arguments or place; an administrator may keep them for the app. */
import type { Launch, LaunchDetail } from '#protocol/launch.ts';
import { useState } from 'preact/hooks';
import { runAgain } from '../shell/actions.ts';
import { api } from '../state/api.ts';
import { attempt } from '../state/notices.ts';
import { LayerFrame } from '../ui/layer.tsx';
import { closeLayer, openLayer } from '../ui/layers.ts';
import { useRemote } from '../ui/remote.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Failure, Loading } from '../ui/views.tsx';
import { badName, formOf, requestOf } from './again-form.ts';
import { isAdmin } from './pages.ts';
import { VariableRows } from './variable-rows.tsx';

export function Again({ launch }: { launch: Launch }) {
  const [detail, retry] = useRemote(launch.id, (signal) => api.launches.get(launch.id, signal));
  return (
    <LayerFrame kind="again" label={t.again.title(launch.appName)} look="dialog wide" dim>
      <h2>{t.again.title(launch.appName)}</h2>
      {detail.state === 'loading' && <Loading />}
      {detail.state === 'failed' && <Failure error={detail.error} retry={retry} />}
      {detail.state === 'there' && <Form launch={launch} detail={detail.value} />}
    </LayerFrame>
  );
}

function Form({ launch, detail }: { launch: Launch; detail: LaunchDetail }) {
  const [form, setForm] = useState(() => formOf(launch.runtime, detail.requested));
  const [keep, setKeep] = useState(false);
  const [busy, setBusy] = useState(false);
  const bad = badName(form);
  const run = async (event: Event) => {
    event.preventDefault();
    if (bad !== null) return;
    setBusy(true);
    const request = requestOf(form);
    const kept =
      !keep || (await attempt(() => api.apps.keepDefaults(launch.appId, { env: request.env, args: request.args })));
    const started = kept ? await runAgain(launch, request) : null;
    setBusy(false);
    if (!started) return;
    closeLayer('again');
    openLayer({ kind: 'settings', page: 'tasks', launchId: started.id });
  };
  return (
    <form class="again" onSubmit={(event) => void run(event)}>
      <fieldset>
        <legend>{t.again.runtime}</legend>
        {(['ephemeral_container', 'pod_application'] as const).map((runtime) => (
          <label key={runtime} class="row">
            <input
              type="radio"
              name="runtime"
              checked={form.runtime === runtime}
              onChange={() => setForm({ ...form, runtime })}
            />
            {runtime === 'ephemeral_container' ? t.again.inDesktop : t.again.inPod}
            {runtime === launch.runtime && <span class="small">{t.again.appsOwn}</span>}
          </label>
        ))}
      </fieldset>
      <VariableRows variables={form.variables} change={(variables) => setForm({ ...form, variables })} test="again" />
      <label>
        <span class="legend">
          {t.again.arguments} <span class="small">{t.again.argumentsHint}</span>
        </span>
        <textarea
          class="mono"
          rows={3}
          spellcheck={false}
          value={form.args}
          onInput={(event) => setForm({ ...form, args: event.currentTarget.value })}
          data-test="again-args"
        />
      </label>
      {isAdmin() && (
        <label class="row">
          <input type="checkbox" checked={keep} onChange={() => setKeep(!keep)} data-test="again-keep" /> {t.again.keep}
        </label>
      )}
      {bad !== null && (
        <p class="field-error" role="alert">
          {t.again.badName(bad)}
        </p>
      )}
      <div class="ends">
        <button type="button" class="quiet" onClick={() => closeLayer('again')}>
          {t.cancel}
        </button>
        <button type="submit" class="primary" disabled={busy || bad !== null} data-test="again-run">
          {t.again.run}
        </button>
      </div>
    </form>
  );
}

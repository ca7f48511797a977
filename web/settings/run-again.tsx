/** *Run again with …*: other variables, arguments or runtime. Administrators can make them the app's defaults. */
import type { Launch, LaunchDetail } from '#protocol/launch.ts';
import { useState } from 'preact/hooks';
import { runAgain } from '../apps/actions.ts';
import { api } from '../state/api.ts';
import { attempt } from '../state/notices.ts';
import { LayerFrame } from '../layers/layer-frame.tsx';
import { closeLayer, openLayer } from '../layers/layers.ts';
import { useRemote } from '../state/use-remote.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Failure, Loading } from '../ui/views.tsx';
import { formOf, requestOf } from './run-again-form.ts';
import { isAdmin } from '../state/roles.ts';
import { VariableRows } from '../ui/variable-rows.tsx';
import { invalidName } from '../ui/variables.ts';

export function RunAgain({ launch }: { launch: Launch }) {
  const [detail, retry] = useRemote(launch.id, (signal) => api.launches.get(launch.id, signal));
  return (
    <LayerFrame kind="run-again" label={t.runAgain.title(launch.appName)} class="dialog wide" dim>
      <h2>{t.runAgain.title(launch.appName)}</h2>
      {detail.state === 'loading' && <Loading />}
      {detail.state === 'failed' && <Failure error={detail.error} retry={retry} />}
      {detail.state === 'loaded' && <Form launch={launch} detail={detail.value} />}
    </LayerFrame>
  );
}

function Form({ launch, detail }: { launch: Launch; detail: LaunchDetail }) {
  const [form, setForm] = useState(() => formOf(launch.runtime, detail.requested));
  const [keep, setKeep] = useState(false);
  const [busy, setBusy] = useState(false);
  const bad = invalidName(form.variables);
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
    closeLayer('run-again');
    openLayer({ kind: 'settings', page: 'tasks', launchId: started.id });
  };
  return (
    <form class="run-again" onSubmit={(event) => void run(event)}>
      <fieldset>
        <legend>{t.runAgain.runtime}</legend>
        {(['ephemeral_container', 'pod_application'] as const).map((runtime) => (
          <label key={runtime} class="row">
            <input
              type="radio"
              name="runtime"
              checked={form.runtime === runtime}
              onChange={() => setForm({ ...form, runtime })}
            />
            {runtime === 'ephemeral_container' ? t.runAgain.inDesktop : t.runAgain.inPod}
            {runtime === launch.runtime && <span class="small">{t.runAgain.unchanged}</span>}
          </label>
        ))}
      </fieldset>
      <VariableRows
        variables={form.variables}
        change={(variables) => setForm({ ...form, variables })}
        test="run-again"
        publishable
      />
      <label>
        <span class="legend">
          {t.runAgain.arguments} <span class="small">{t.runAgain.argumentsHint}</span>
        </span>
        <textarea
          class="mono"
          rows={3}
          spellcheck={false}
          value={form.args}
          onInput={(event) => setForm({ ...form, args: event.currentTarget.value })}
          data-test="run-again-args"
        />
      </label>
      {isAdmin() && (
        <label class="row">
          <input type="checkbox" checked={keep} onChange={() => setKeep(!keep)} data-test="run-again-keep" />{' '}
          {t.runAgain.keep}
        </label>
      )}
      {bad !== null && (
        <p class="field-error" role="alert">
          {t.variables.invalidName(bad)}
        </p>
      )}
      <div class="ends">
        <button type="button" class="quiet" onClick={() => closeLayer('run-again')}>
          {t.cancel}
        </button>
        <button type="submit" class="primary" disabled={busy || bad !== null} data-test="run-again-start">
          {t.runAgain.run}
        </button>
      </div>
    </form>
  );
}

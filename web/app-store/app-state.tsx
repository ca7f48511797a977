/** The state of an app in the store: a word, and while it is installed, what is being done. */
import type { StoreApp } from '#protocol/app-store.ts';
import { t } from '../ui/strings/catalogue.ts';
import { duration } from '../ui/format.ts';
import { useNow } from '../ui/use-now.ts';
import { hasUpdate } from './store-model.ts';

const TONES = {
  available: '',
  installing: 'accent',
  installed: 'ok',
  outdated: 'warn',
  updating: 'accent',
  failed: 'bad',
} as const;

export function StatePill({ app }: { app: StoreApp }) {
  const { state } = app;
  // Others update it.
  const shown = state.state === 'outdated' && !hasUpdate(app) ? 'installed' : state.state;
  const words = t.appStore.states;
  return (
    <span class={`pill ${TONES[shown]}`} data-test="store-state" data-state={state.state}>
      {state.state === 'failed' && state.installed ? words.updateFailed : words[shown]}
    </span>
  );
}

/** Null while nothing is being done. */
export function Progress({ app }: { app: StoreApp }) {
  const { state } = app;
  if (state.state !== 'installing' && state.state !== 'updating') return null;
  return <Running step={state.step} startedAt={state.startedAt} label={t.appStore.states[state.state]} />;
}

function Running({ step, startedAt, label }: { step: string; startedAt: string; label: string }) {
  const now = useNow(1_000);
  return (
    <div class="store-progress">
      <div class="store-bar" role="progressbar" aria-label={label} aria-valuetext={step}>
        <i />
      </div>
      <p class="small" data-test="store-step">
        <span class="number">{duration(Math.max(0, now - Date.parse(startedAt)))}</span> · {step}
      </p>
    </div>
  );
}

export function FailureReason({ app: { state } }: { app: StoreApp }) {
  if (state.state !== 'failed') return null;
  return (
    <div class="store-failure" role="alert" data-test="store-reason">
      <b>{state.installed ? t.appStore.failedUpdate : t.appStore.failedInstall}</b>
      <p>{state.reason}</p>
    </div>
  );
}

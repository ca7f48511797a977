/** What the user can do with an app in the store. Buttons of a list name their app for screen readers. */
import type { StoreApp } from '#protocol/app-store.ts';
import { Download, Pin, PinOff, Play, RefreshCw, Trash2, X } from 'lucide';
import { isPinned, togglePin } from '../apps/actions.ts';
import { useRef } from 'preact/hooks';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { appOf, askToRemove, installApp, openApp, stopInstalling, updateApp } from './store-actions.ts';
import { hasUpdate, isThere } from './store-model.ts';

/** The one that most people want. */
export function MainButton({ app }: { app: StoreApp }) {
  const { state, may } = app;
  const started = appOf(app);
  if (state.state === 'installing')
    return may.remove && !app.listed ? (
      <ActionButton app={app} label={t.appStore.stop} icon={X} test="store-stop" run={() => stopInstalling(app)} />
    ) : null;
  if (hasUpdate(app) && state.state === 'outdated')
    return (
      <ActionButton
        app={app}
        label={t.appStore.update}
        icon={RefreshCw}
        test="store-update"
        run={() => updateApp(app)}
      />
    );
  if (state.state === 'failed' && state.installed && may.update)
    return <ActionButton app={app} label={t.retry} icon={RefreshCw} test="store-again" run={() => updateApp(app)} />;
  if (isThere(app))
    return started ? (
      <ActionButton app={app} label={t.search.run} icon={Play} test="store-open" run={() => openApp(started)} />
    ) : null;
  if (!may.install) return null;
  const failed = state.state === 'failed';
  return (
    <ActionButton
      app={app}
      label={failed ? t.retry : t.appStore.install}
      icon={failed ? RefreshCw : Download}
      test={failed ? 'store-again' : 'store-install'}
      style="primary"
      run={() => installApp(app)}
    />
  );
}

/** All others. */
export function MoreButtons({ app }: { app: StoreApp }) {
  const started = appOf(app);
  const isMain = app.state.state === 'installed' || (app.state.state === 'outdated' && !hasUpdate(app));
  const pinned = isPinned(app.id);
  return (
    <>
      {started && isThere(app) && !isMain && (
        <ActionButton app={app} label={t.search.run} icon={Play} test="store-open" run={() => openApp(started)} />
      )}
      {started && isThere(app) && (
        <ActionButton
          app={app}
          label={pinned ? t.appStore.unpin : t.appStore.pin}
          icon={pinned ? PinOff : Pin}
          test={pinned ? 'store-unpin' : 'store-pin'}
          run={() => togglePin(app.id)}
        />
      )}
      {app.may.remove && app.listed && app.state.state !== 'installing' && (
        <ActionButton app={app} label={t.remove} icon={Trash2} test="store-remove" run={() => askToRemove(app)} />
      )}
    </>
  );
}

interface Props {
  readonly app: StoreApp;
  readonly label: string;
  readonly icon: typeof Download;
  readonly test: string;
  readonly style?: string;
  readonly run: () => unknown;
}

/** The button may get another meaning under the pointer, which a double click doesn't mean. */
const PAUSE_MS = 700;

function ActionButton({ app, label, icon, test, style, run }: Props) {
  const last = useRef(-Infinity);
  const submit = (event: MouseEvent) => {
    if (event.timeStamp - last.current < PAUSE_MS) return;
    last.current = event.timeStamp;
    void run();
  };
  return (
    <button type="button" class={style} aria-label={`${label}: ${app.displayName}`} onClick={submit} data-test={test}>
      <Icon of={icon} size={15} /> {label}
    </button>
  );
}

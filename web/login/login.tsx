/** The login page: a tab for each login method, and one clear message if login fails. */
import { ignore } from '#protocol/ignore.ts';
import type { LoginOptions, LoginRequest, Provider } from '#protocol/user.ts';
import { useState } from 'preact/hooks';
import { api } from '../state/api.ts';
import { errorText } from '../ui/error-text.ts';
import { login } from '../state/session.ts';
import { farewell } from '../state/store.ts';
import { Mark } from '../ui/icon.tsx';
import { useRemote } from '../state/use-remote.ts';
import { languageChoice, pickAtLogin } from '../ui/language.ts';
import { LanguageSelect } from '../ui/language-select.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { Blank, Failure, Loading } from '../ui/views.tsx';
import { DirectoryForm, Refusal } from './directory-form.tsx';
import './login.css';

/** `onStart` is called when the user starts to log in. */
export function Login({ onStart }: { readonly onStart: () => void }) {
  const [options, retry] = useRemote('options', () => askedEarly() ?? api.session.options());
  return (
    <main class="login" data-test="login" onInput={onStart}>
      <div class="glass login-card">
        <h1 class="login-brand">
          <Mark /> {t.product}
        </h1>
        {farewell.value && (
          <p class="login-farewell" role="status" data-test="farewell">
            {t.login[farewell.value]}
          </p>
        )}
        {options.state === 'loading' && <Loading />}
        {options.state === 'failed' && <Failure error={options.error} retry={retry} />}
        {options.state === 'loaded' && <Ways options={options.value} />}
      </div>
      <footer class="login-foot small">
        <LanguageSelect
          label={t.login.language}
          chosen={languageChoice.value}
          choose={(one) => void pickAtLogin(one).catch((error: unknown) => console.error(error))}
        />
        {t.login.stays}
        {options.state === 'loaded' && <span>{`${t.product} ${options.value.version}`}</span>}
      </footer>
    </main>
  );
}

/** Requested when the page loads, in parallel with the session: saves a round trip. */
let early: Promise<LoginOptions> | null = null;

export function askEarly(): void {
  early = api.session.options();
  early.catch(ignore('the caller that awaits it handles the failure'));
}

function askedEarly(): Promise<LoginOptions> | null {
  const asked = early;
  early = null;
  return asked;
}

function Ways({ options }: { options: LoginOptions }) {
  const { providers } = options;
  const [chosen, choose] = useState<Provider | undefined>(providers[0]?.id);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const hint = providers.find(({ id }) => id === chosen)?.hint;

  const enter = async (request: LoginRequest) => {
    setBusy(true);
    setFailure(null);
    try {
      await login(request);
    } catch (error) {
      setFailure(errorText(error));
      setBusy(false);
    }
  };
  if (chosen === undefined)
    return (
      <Blank title={t.login.none}>
        <p>{t.login.noneHint}</p>
      </Blank>
    );
  return (
    <>
      {providers.length > 1 && (
        <div
          class="tabs"
          role="tablist"
          aria-label={t.login.tabs}
          onKeyDown={(event) => byArrows(event, providers, chosen, choose)}
        >
          {providers.map(({ id }) => (
            <button
              key={id}
              type="button"
              role="tab"
              id={`tab-${id}`}
              aria-selected={id === chosen}
              aria-controls="login-panel"
              tabIndex={id === chosen ? 0 : -1}
              onClick={() => {
                choose(id);
                setFailure(null);
              }}
              data-test={`tab-${id}`}
            >
              {t.login[id]}
            </button>
          ))}
        </div>
      )}
      <div
        id="login-panel"
        role={providers.length > 1 ? 'tabpanel' : undefined}
        aria-labelledby={providers.length > 1 ? `tab-${chosen}` : undefined}
      >
        {chosen === 'directory' ? (
          <DirectoryForm busy={busy} failure={failure} hint={hint} enter={enter} />
        ) : (
          <div class="login-guest">
            <p class="small">{t.login.guestHint}</p>
            {failure && <Refusal text={failure} />}
            <button
              type="button"
              class="primary wide"
              disabled={busy}
              onClick={() => void enter({ provider: 'anonymous' })}
              data-test="login-guest"
            >
              {busy ? t.login.busy : t.login.guest}
            </button>
          </div>
        )}
      </div>
    </>
  );
}

function byArrows(
  event: KeyboardEvent,
  providers: LoginOptions['providers'],
  chosen: Provider,
  choose: (id: Provider) => void,
): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const at = providers.findIndex(({ id }) => id === chosen);
  const next = providers[(at + step + providers.length) % providers.length];
  if (!next) return;
  choose(next.id);
  document.getElementById(`tab-${next.id}`)?.focus();
}

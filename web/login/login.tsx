/** The first page: who are you? Tabs for the ways to log in, one clear sentence when it does not work. */
import { ConnectionError } from '#client/errors.ts';
import type { LoginOptions, LoginRequest, Provider } from '#protocol/user.ts';
import { LogIn } from 'lucide';
import { useEffect, useRef, useState } from 'preact/hooks';
import { api } from '../state/api.ts';
import { sentence } from '../state/notices.ts';
import { login } from '../state/session.ts';
import { farewell } from '../state/store.ts';
import { Icon, Mark } from '../ui/icon.tsx';
import { useRemote } from '../ui/remote.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Blank, Failure, Loading } from '../ui/views.tsx';
import { emptyFields, type FieldErrors } from './login-fields.ts';
import './login.css';

export function Login() {
  const [options, again] = useRemote('options', () => api.session.options());
  return (
    <main class="login" data-test="login">
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
        {options.state === 'failed' && <Failure error={options.error} retry={again} />}
        {options.state === 'there' && <Ways options={options.value} />}
      </div>
      <footer class="login-foot small">
        {t.login.stays}
        {options.state === 'there' && <span>{`${t.product} ${options.value.version}`}</span>}
      </footer>
    </main>
  );
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
      setFailure(error instanceof ConnectionError ? error.message : sentence(error));
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

interface FormProps {
  readonly busy: boolean;
  readonly failure: string | null;
  readonly hint: string | undefined;
  readonly enter: (request: LoginRequest) => Promise<void>;
}

function DirectoryForm({ busy, failure, hint, enter }: FormProps) {
  const [errors, setErrors] = useState<FieldErrors>({});
  const form = useRef<HTMLFormElement>(null);
  const field = (name: string) => form.current?.querySelector<HTMLInputElement>(`[name=${name}]`);
  useEffect(() => field('name')?.focus(), []);
  // After a refusal the password is what is typed again.
  useEffect(() => {
    if (failure) field('password')?.select();
  }, [failure]);

  const submit = (event: Event) => {
    event.preventDefault();
    const [name, password] = [field('name')?.value ?? '', field('password')?.value ?? ''];
    const empty = emptyFields(name, password, t.login);
    setErrors(empty);
    if (empty.name !== undefined || empty.password !== undefined)
      field(empty.name === undefined ? 'password' : 'name')?.focus();
    else void enter({ provider: 'directory', name: name.trim(), password });
  };
  return (
    <form ref={form} class="login-form" onSubmit={submit} noValidate>
      {hint && <p class="small">{hint}</p>}
      <Field name="name" label={t.login.name} type="text" complete="username" error={errors.name} />
      <Field
        name="password"
        label={t.login.password}
        type="password"
        complete="current-password"
        error={errors.password}
      />
      {failure && <Refusal text={failure} />}
      <button type="submit" class="primary wide" disabled={busy} data-test="login-submit">
        {busy ? <span class="ring on-accent" /> : <Icon of={LogIn} />}
        {busy ? t.login.busy : t.login.submit}
      </button>
    </form>
  );
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly type: 'text' | 'password';
  readonly complete: string;
  readonly error: string | undefined;
}

function Field({ name, label, type, complete, error }: FieldProps) {
  const shared = {
    id: `login-${name}`,
    name,
    autocomplete: complete,
    autocapitalize: 'none',
    spellcheck: false,
    'aria-invalid': error === undefined ? undefined : 'true',
    'aria-describedby': error === undefined ? undefined : `login-${name}-error`,
    'data-test': `login-${name}`,
  } as const;
  return (
    <div>
      <label class="small" for={`login-${name}`}>
        {label}
      </label>
      {type === 'password' ? <input {...shared} type="password" /> : <input {...shared} type="text" />}
      {error && (
        <p class="field-error" id={`login-${name}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

function Refusal({ text }: { text: string }) {
  return (
    <p class="login-refusal" role="alert" data-test="login-error">
      {text}
    </p>
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

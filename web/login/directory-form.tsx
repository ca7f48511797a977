/** The form for a name and a password, with a message for each empty field and one if login fails. */
import type { LoginRequest } from '#protocol/user.ts';
import { LogIn } from 'lucide';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { emptyFields, type FieldErrors } from './login-fields.ts';

interface FormProps {
  readonly busy: boolean;
  readonly failure: string | null;
  readonly hint: string | undefined;
  readonly enter: (request: LoginRequest) => Promise<void>;
}

export function DirectoryForm({ busy, failure, hint, enter }: FormProps) {
  const [errors, setErrors] = useState<FieldErrors>({});
  const form = useRef<HTMLFormElement>(null);
  const field = (name: string) => form.current?.querySelector<HTMLInputElement>(`[name=${name}]`);
  useEffect(() => field('name')?.focus(), []);
  // After a refusal, the user types the password again.
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
      {hint && hint !== t.login.directory && <p class="small">{t.login.directoryNamed(hint)}</p>}
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
        {busy ? <span class="ring on-accent" /> : <Icon directed of={LogIn} />}
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

export function Refusal({ text }: { text: string }) {
  return (
    <p class="login-refusal" role="alert" data-test="login-error">
      {text}
    </p>
  );
}

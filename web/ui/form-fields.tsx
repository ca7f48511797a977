/** Labelled fields of forms. */
import './form-fields.css';

interface TextProps {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly placeholder?: string | undefined;
  readonly test: string;
  readonly change: (value: string) => void;
}

export function TextField({ label, hint, value, placeholder, test, change }: TextProps) {
  return (
    <label>
      <span class="legend">
        {label} <span class="small">{hint}</span>
      </span>
      <input
        class="mono"
        type="text"
        value={value}
        placeholder={placeholder}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => change(event.currentTarget.value)}
        data-test={test}
      />
    </label>
  );
}

interface CheckboxProps {
  readonly label: string;
  readonly hint?: string;
  readonly on: boolean;
  readonly test: string;
  readonly change: (on: boolean) => void;
}

export function Checkbox({ label, hint, on, test, change }: CheckboxProps) {
  return (
    <label class="checkbox">
      <input type="checkbox" checked={on} onChange={() => change(!on)} data-test={test} />
      <span>
        {label} {hint !== undefined && <span class="small">{hint}</span>}
      </span>
    </label>
  );
}

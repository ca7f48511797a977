/** Editable rows of environment variables: of a launch, a toolbox or a copy. */
import { Plus, X } from 'lucide';
import { isSecretName } from '#protocol/secret-names.ts';
import { Icon } from './icon.tsx';
import { t } from './strings/catalogue.ts';
import './variable-rows.css';
import type { VariableRow } from './variables.ts';

interface Props {
  readonly variables: readonly VariableRow[];
  readonly change: (variables: readonly VariableRow[]) => void;
  /** Tests find the fields by it: `<test>-name`, `-value`, `-add`. */
  readonly test: string;
  /** Whether each value can be shown to others. */
  readonly publishable?: boolean;
}

export function VariableRows({ variables, change, test, publishable = false }: Props) {
  const setRow = (at: number, row: VariableRow) => change(variables.with(at, row));
  return (
    <fieldset>
      <legend>{t.variables.title}</legend>
      {variables.map((row, at) => (
        <div class="row variable" key={at}>
          <input
            class="mono"
            aria-label={t.variables.name}
            value={row.name}
            spellcheck={false}
            onInput={(event) => setRow(at, { ...row, name: event.currentTarget.value })}
            data-test={`${test}-name`}
          />
          <input
            class="mono"
            aria-label={t.variables.value}
            value={row.value}
            spellcheck={false}
            onInput={(event) => setRow(at, { ...row, value: event.currentTarget.value })}
            data-test={`${test}-value`}
          />
          {publishable && (
            <label class="small" title={isSecretName(row.name) ? t.variables.secretName : undefined}>
              <input
                type="checkbox"
                checked={(row.isPublic ?? false) && !isSecretName(row.name)}
                disabled={isSecretName(row.name)}
                onChange={(event) => setRow(at, { ...row, isPublic: event.currentTarget.checked })}
                data-test={`${test}-public`}
              />{' '}
              {t.variables.public}
            </label>
          )}
          <button
            type="button"
            class="quiet icon"
            aria-label={t.variables.remove(row.name)}
            onClick={() => change(variables.toSpliced(at, 1))}
          >
            <Icon of={X} />
          </button>
        </div>
      ))}
      <button
        type="button"
        class="quiet"
        onClick={() => change([...variables, { name: '', value: '' }])}
        data-test={`${test}-add`}
      >
        <Icon of={Plus} /> {t.variables.add}
      </button>
      {publishable && <p class="small">{t.variables.publicHint}</p>}
    </fieldset>
  );
}

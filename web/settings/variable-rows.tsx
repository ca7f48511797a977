/** Rows of names and values that people edit: variables of a launch, a toolbox or a copy. */
import { Plus, X } from 'lucide';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';
import type { VariableRow } from './again-form.ts';

interface Props {
  readonly variables: readonly VariableRow[];
  readonly change: (variables: readonly VariableRow[]) => void;
  /** Tests find the fields by it: `<test>-name`, `-value`, `-add`. */
  readonly test: string;
}

export function VariableRows({ variables, change, test }: Props) {
  const setRow = (at: number, row: VariableRow) => change(variables.with(at, row));
  return (
    <fieldset>
      <legend>{t.again.variables}</legend>
      {variables.map((row, at) => (
        <div class="row" key={at}>
          <input
            class="mono"
            aria-label={t.again.name}
            value={row.name}
            spellcheck={false}
            onInput={(event) => setRow(at, { ...row, name: event.currentTarget.value })}
            data-test={`${test}-name`}
          />
          <input
            class="mono"
            aria-label={t.again.value}
            value={row.value}
            spellcheck={false}
            onInput={(event) => setRow(at, { ...row, value: event.currentTarget.value })}
            data-test={`${test}-value`}
          />
          <button
            type="button"
            class="quiet icon"
            aria-label={t.again.removeVariable(row.name)}
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
        <Icon of={Plus} /> {t.again.addVariable}
      </button>
    </fieldset>
  );
}

/** Asks for the name of a new folder, or for another name. */
import './dialogs.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import { LayerFrame } from '../layers/layer-frame.tsx';
import { closeLayer } from '../layers/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { useSubmit } from '../ui/use-submit.ts';
import { makeFolder, rename } from './actions.ts';
import { nameProblem, normalName, splitName } from './names.ts';
import { nameOf } from './paths.ts';

interface Props {
  readonly folder: string;
  readonly of: string | null;
}

export default function NameDialog({ folder, of }: Props) {
  const [name, setName] = useState(of === null ? '' : nameOf(of));
  const field = useRef<HTMLInputElement>(null);
  // The ending mostly stays.
  useEffect(() => field.current?.setSelectionRange(0, splitName(name)[0].length), []);
  const { busy, problem, submit } = useSubmit(
    () => {
      const wrong = nameProblem(normalName(name));
      return wrong === null ? null : t.files.problems[wrong];
    },
    async () => {
      await (of === null ? makeFolder(folder, normalName(name)) : rename(of, normalName(name)));
      closeLayer('file-name');
    },
  );
  const title = of === null ? t.files.newFolder : t.files.rename;
  return (
    <LayerFrame kind="file-name" label={title} class="dialog" dim>
      <h2>{title}</h2>
      <form class="file-form" onSubmit={submit}>
        <label>
          <span class="legend">{t.files.nameLabel}</span>
          <input
            ref={field}
            type="text"
            value={name}
            autocomplete="off"
            spellcheck={false}
            aria-invalid={problem !== null}
            aria-describedby="file-name-problem"
            onInput={(event) => setName(event.currentTarget.value)}
            data-autofocus
            data-test="file-name-field"
          />
        </label>
        <p class="file-problem small" id="file-name-problem" role="alert">
          {problem}
        </p>
        <div class="ends">
          <button type="button" class="quiet" onClick={() => closeLayer('file-name')}>
            {t.cancel}
          </button>
          <button type="submit" class="primary" disabled={busy} data-test="file-name-submit">
            {of === null ? t.files.create : t.files.rename}
          </button>
        </div>
      </form>
    </LayerFrame>
  );
}

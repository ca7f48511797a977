/** Asks what to do with a file whose name is taken. */
import { useEffect, useState } from 'preact/hooks';
import { LayerFrame } from '../layers/layer-frame.tsx';
import { Checkbox } from '../ui/form-fields.tsx';
import { t } from '../ui/strings/catalogue.ts';
import type { Choice, Conflicts, Question } from './conflicts.ts';
import { shownName } from './file-facts.ts';
import { conflictShown, closeConflicts } from './questions.ts';

export default function ConflictDialog() {
  // Esc and a click outside: what isn't decided yet stays as it is.
  useEffect(() => closeConflicts, []);
  const asked = conflictShown();
  return (
    <LayerFrame kind="file-conflict" label={t.files.conflictTitle} role="alertdialog" class="dialog wide" dim>
      <h2>{t.files.conflictTitle}</h2>
      {asked && <Ask key={asked.question.name} {...asked} />}
    </LayerFrame>
  );
}

function Ask({ question, conflicts }: { question: Question; conflicts: Conflicts }) {
  const [forAll, setForAll] = useState(false);
  const answer = (choice: Choice) => conflicts.answer(choice, forAll);
  return (
    <>
      <p class="wrapping" data-test="conflict-text">
        {t.files.conflict(shownName(question.name))}
      </p>
      <Checkbox label={t.files.forAll} on={forAll} change={setForAll} test="conflict-all" />
      <div class="ends">
        <button type="button" class="quiet" onClick={() => answer('skip')} data-test="conflict-skip">
          {t.files.skip}
        </button>
        {question.replaceable && (
          <button type="button" class="danger" onClick={() => answer('replace')} data-test="conflict-replace">
            {t.files.replace}
          </button>
        )}
        <button type="button" class="primary" onClick={() => answer('both')} data-autofocus data-test="conflict-both">
          {t.files.keepBoth}
        </button>
      </div>
    </>
  );
}

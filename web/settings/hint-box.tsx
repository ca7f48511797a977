/** Why a launch failed, and buttons that run it again with a remedy. */
import type { Hint, LaunchDetail } from '#protocol/launch.ts';
import { Lightbulb } from 'lucide';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { withRemedy } from './task-model.ts';

interface Props {
  readonly hint: Hint;
  readonly detail: LaunchDetail;
  readonly start: ((changed: ReturnType<typeof withRemedy>) => Promise<void>) | undefined;
}

export function HintBox({ hint, detail, start }: Props) {
  return (
    <div class="hint" role="note" data-test="hint" data-hint={hint.id}>
      <Icon of={Lightbulb} size={18} />
      <div class="grow">
        <p>
          <b>{hint.title}</b> {hint.explanation}
        </p>
        {hint.anchor !== null && <p class="small">{`${t.tasks.guide}: docs/troubleshooting.md, ${hint.anchor}`}</p>}
        {start && hint.remedies.length > 0 && (
          <div class="row hint-remedies">
            {hint.remedies.map((remedy) => (
              <button
                key={remedy.label}
                type="button"
                onClick={() => void start(withRemedy(detail, remedy))}
                data-test="remedy"
              >
                {remedy.label}
              </button>
            ))}
          </div>
        )}
      </div>
    </div>
  );
}

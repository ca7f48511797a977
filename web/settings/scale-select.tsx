/** The choice of how large programs of the desktop draw, and what this window makes of it. */
import { ScaleChoice } from '#protocol/scale.ts';
import { scaleFor } from '../screen/density.ts';
import { wanted } from '../screen/size.ts';
import { percent } from '../ui/format.ts';
import { t } from '../ui/strings/catalogue.ts';

const STEPS = [100, 125, 150, 175, 200, 225, 250, 275, 300] as const;

interface Props {
  /** For its label. */
  readonly id: string;
  readonly chosen: ScaleChoice;
  readonly choose: (choice: ScaleChoice) => void;
}

export function ScaleSelect({ id, chosen, choose }: Props) {
  const { width, height, isReduced } = wanted.value;
  const choices = typeof chosen === 'number' && !STEPS.some((step) => step === chosen) ? [chosen, ...STEPS] : STEPS;
  const change = (value: string) => choose(ScaleChoice.parse(value === 'auto' ? value : Number(value)));
  return (
    <>
      <select
        id={id}
        class="language"
        value={chosen}
        onChange={(event) => change(event.currentTarget.value)}
        data-test="scale"
      >
        <option value="auto">{t.appearance.scaleAuto(percent(scaleFor('auto', wanted.value) / 100))}</option>
        {choices.map((one) => (
          <option key={one} value={one}>
            {percent(one / 100)}
          </option>
        ))}
      </select>
      <p class="small">{t.appearance.scaleHint}</p>
      {isReduced && (
        <p class="small" role="status" data-test="scale-reduced">
          {t.appearance.scaleReduced(`${width} × ${height}`)}
        </p>
      )}
    </>
  );
}

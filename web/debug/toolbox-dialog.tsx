/** Starts a toolbox for a launch or a container of the desktop, with a profile and an image. */
import type { DebugOffer } from '#protocol/debug.ts';
import { useState } from 'preact/hooks';
import { TextField } from '../ui/form-fields.tsx';
import { VariableRows } from '../ui/variable-rows.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { startToolbox } from './actions.ts';
import type { DebugSubject } from '../layers/debug-subject.ts';
import { problemOf, type ToolboxForm, toolboxFormOf, toolboxRequestOf } from './debug-form.ts';
import { Advanced, FormEnd, Reason, Refused, WhatHappens } from './form-parts.tsx';
import { useSubmit } from '../ui/use-submit.ts';

export function ToolboxDialog({ subject, offer }: { subject: DebugSubject; offer: DebugOffer }) {
  const [form, setForm] = useState(() => toolboxFormOf(offer, subject));
  const change = (changed: Partial<ToolboxForm>) => setForm({ ...form, ...changed });
  const { busy, problem, submit } = useSubmit(
    () => problemOf(form, offer.needs, t.debug.problems),
    () => startToolbox(toolboxRequestOf(form, subject)),
  );
  if (offer.refusal !== null) return <Refused refusal={offer.refusal} />;
  return (
    <form class="debug-form" onSubmit={submit} noValidate>
      <WhatHappens verb="toolbox" offer={offer} subject={subject} />
      {subject.launchId === null && (
        <label>
          <span class="legend">{t.debug.target}</span>
          <select
            value={form.target}
            onChange={(event) => change({ target: event.currentTarget.value })}
            data-test="toolbox-target"
          >
            <option value="">{t.debug.wholeDesktop}</option>
            {offer.targets.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <fieldset>
        <legend>{t.debug.profile}</legend>
        {offer.profiles.map(({ profile, refusal }) => (
          <label key={profile} class={refusal === null ? 'checkbox' : 'checkbox off'}>
            <input
              type="radio"
              name="profile"
              checked={form.profile === profile}
              disabled={refusal !== null}
              onChange={() => change({ profile })}
              data-test={`profile-${profile}`}
            />
            <span>
              {t.debug.profiles[profile]} <span class="small">{refusal ?? t.debug.profileHints[profile]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <label>
        <span class="legend">{t.debug.image}</span>
        <select
          class="mono"
          value={form.image}
          onChange={(event) => change({ image: event.currentTarget.value })}
          data-test="toolbox-image"
        >
          {offer.images.map((image) => (
            <option key={image} value={image}>
              {image}
            </option>
          ))}
        </select>
      </label>
      <Reason offer={offer} value={form.reason} change={(reason) => change({ reason })} />
      <Advanced
        form={form}
        change={change}
        nameLabel={t.debug.name}
        namePlaceholder="debugger-…"
        plainHint={t.debug.plainHint}
        test="toolbox"
      >
        <TextField
          label={t.debug.command}
          hint={t.debug.toolboxCommandHint}
          value={form.command}
          test="toolbox-command"
          change={(command) => change({ command })}
        />
        <VariableRows variables={form.variables} change={(variables) => change({ variables })} test="toolbox-env" />
        {offer.custom && (
          <label>
            <span class="legend">
              {t.debug.custom} <span class="small">{t.debug.customHint}</span>
            </span>
            <textarea
              class="mono"
              rows={3}
              spellcheck={false}
              value={form.custom}
              onInput={(event) => change({ custom: event.currentTarget.value })}
              data-test="toolbox-custom"
            />
          </label>
        )}
      </Advanced>
      <FormEnd problem={problem} busy={busy} label={t.debug.startToolbox} test="toolbox-start" />
    </form>
  );
}

/** Puts a toolbox beside a launch or a container of the desktop: with which rights, from which image. */
import type { DebugOffer } from '#protocol/debug.ts';
import { useState } from 'preact/hooks';
import { isAdmin } from '../settings/pages.ts';
import { VariableRows } from '../settings/variable-rows.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { putToolbox } from './actions.ts';
import type { Aim } from './aim.ts';
import { problemOf, type ToolboxForm, toolboxFormOf, toolboxRequestOf } from './debug-form.ts';
import { Ends, Reason, Refused, TextField, Tick, WhatHappens } from './form-parts.tsx';
import { useSend } from './use-send.ts';

export function ToolboxDialog({ aim, offer }: { aim: Aim; offer: DebugOffer }) {
  const [form, setForm] = useState(() => toolboxFormOf(offer, aim));
  const change = (changed: Partial<ToolboxForm>) => setForm({ ...form, ...changed });
  const { busy, problem, submit } = useSend(
    () => problemOf(form, offer.needs, t.debug.problems),
    () => putToolbox(toolboxRequestOf(form, aim)),
  );
  if (offer.refusal !== null) return <Refused refusal={offer.refusal} />;
  return (
    <form class="debug-form" onSubmit={submit} noValidate>
      <WhatHappens verb="toolbox" offer={offer} aim={aim} />
      {aim.launchId === null && (
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
          <label key={profile} class={refusal === null ? 'debug-tick' : 'debug-tick off'}>
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
      <details class="debug-more">
        <summary data-test="toolbox-advanced">{t.debug.advanced}</summary>
        <div class="debug-form">
          <TextField
            label={t.debug.name}
            hint={t.debug.nameHint}
            value={form.name}
            placeholder="debugger-…"
            test="toolbox-name"
            change={(name) => change({ name })}
          />
          <TextField
            label={t.debug.command}
            hint={t.debug.toolboxCommandHint}
            value={form.command}
            test="toolbox-command"
            change={(command) => change({ command })}
          />
          <VariableRows variables={form.variables} change={(variables) => change({ variables })} test="toolbox-env" />
          <Tick
            label={t.debug.plain}
            hint={t.debug.plainHint}
            on={form.plain}
            test="toolbox-plain"
            change={(plain) => change({ plain })}
          />
          {isAdmin() && (
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
        </div>
      </details>
      <Ends problem={problem} busy={busy} label={t.debug.put} test="toolbox-put" />
    </form>
  );
}

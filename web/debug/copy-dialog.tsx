/** Starts a launch again as a copy that can be looked into: another image, command or variables; the original stays. */
import type { DebugOffer } from '#protocol/debug.ts';
import { useState } from 'preact/hooks';
import { VariableRows } from '../settings/variable-rows.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { makeCopy } from './actions.ts';
import type { Aim } from './aim.ts';
import { type CopyForm, copyFormOf, copyRequestOf, problemOf } from './debug-form.ts';
import { Ends, Reason, TextField, Tick, WhatHappens } from './form-parts.tsx';
import { useSend } from './use-send.ts';

/** Does nothing for as long as one looks. */
const SLEEP = 'sleep infinity';

export function CopyDialog({ aim, launch, offer }: { aim: Aim; launch: string; offer: DebugOffer }) {
  const [form, setForm] = useState(copyFormOf);
  const change = (changed: Partial<CopyForm>) => setForm({ ...form, ...changed });
  const { busy, problem, submit } = useSend(
    () => problemOf(form, offer.needs, t.debug.problems),
    () => makeCopy(copyRequestOf(form, launch)),
  );
  return (
    <form class="debug-form" onSubmit={submit} noValidate>
      <WhatHappens verb="copy" offer={offer} aim={aim} />
      <TextField
        label={t.debug.command}
        hint={t.debug.copyCommandHint}
        value={form.command}
        test="copy-command"
        change={(command) => change({ command })}
      />
      <button type="button" class="quiet debug-sleep" onClick={() => change({ command: SLEEP })} data-test="copy-sleep">
        {t.debug.sleep(SLEEP)}
      </button>
      <TextField
        label={t.debug.image}
        hint={t.debug.copyImageHint}
        value={form.image}
        placeholder={aim.image ?? ''}
        test="copy-image"
        change={(image) => change({ image })}
      />
      <VariableRows variables={form.variables} change={(variables) => change({ variables })} test="copy-env" />
      <Tick
        label={t.debug.share}
        hint={t.debug.shareHint}
        on={form.shareProcesses}
        test="copy-share"
        change={(shareProcesses) => change({ shareProcesses })}
      />
      <Reason offer={offer} value={form.reason} change={(reason) => change({ reason })} />
      <details class="debug-more">
        <summary data-test="copy-advanced">{t.debug.advanced}</summary>
        <div class="debug-form">
          <TextField
            label={t.debug.copyName}
            hint={t.debug.copyNameHint}
            value={form.name}
            test="copy-name"
            change={(name) => change({ name })}
          />
          <Tick
            label={t.debug.sameNode}
            hint={t.debug.sameNodeHint}
            on={form.sameNode}
            test="copy-same-node"
            change={(sameNode) => change({ sameNode })}
          />
          <Tick
            label={t.debug.plain}
            hint={t.debug.plainCopyHint}
            on={form.plain}
            test="copy-plain"
            change={(plain) => change({ plain })}
          />
        </div>
      </details>
      <Ends problem={problem} busy={busy} label={t.debug.makeCopy} test="copy-make" />
    </form>
  );
}

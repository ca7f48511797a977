/** Starts a copy of a launch for debugging, with another image, command or variables. */
import type { DebugOffer } from '#protocol/debug.ts';
import { useState } from 'preact/hooks';
import { Checkbox, TextField } from '../ui/form-fields.tsx';
import { VariableRows } from '../ui/variable-rows.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { startCopy } from './actions.ts';
import type { DebugSubject } from '../layers/debug-subject.ts';
import { type CopyForm, copyFormOf, copyRequestOf, problemOf } from './debug-form.ts';
import { Advanced, FormEnd, Reason, WhatHappens } from './form-parts.tsx';
import { useSubmit } from '../ui/use-submit.ts';

/** Keeps the container running without starting the app. */
const SLEEP = 'sleep infinity';

export function CopyDialog({ subject, launch, offer }: { subject: DebugSubject; launch: string; offer: DebugOffer }) {
  const [form, setForm] = useState(copyFormOf);
  const change = (changed: Partial<CopyForm>) => setForm({ ...form, ...changed });
  const { busy, problem, submit } = useSubmit(
    () => problemOf(form, offer.needs, t.debug.problems),
    () => startCopy(copyRequestOf(form, launch)),
  );
  return (
    <form class="debug-form" onSubmit={submit} noValidate>
      <WhatHappens verb="copy" offer={offer} subject={subject} />
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
        placeholder={subject.image ?? ''}
        test="copy-image"
        change={(image) => change({ image })}
      />
      <VariableRows variables={form.variables} change={(variables) => change({ variables })} test="copy-env" />
      <Checkbox
        label={t.debug.share}
        hint={t.debug.shareHint}
        on={form.shareProcesses}
        test="copy-share"
        change={(shareProcesses) => change({ shareProcesses })}
      />
      <Reason offer={offer} value={form.reason} change={(reason) => change({ reason })} />
      <Advanced form={form} change={change} nameLabel={t.debug.copyName} plainHint={t.debug.plainCopyHint} test="copy">
        <Checkbox
          label={t.debug.sameNode}
          hint={t.debug.sameNodeHint}
          on={form.sameNode}
          test="copy-same-node"
          change={(sameNode) => change({ sameNode })}
        />
      </Advanced>
      <FormEnd problem={problem} busy={busy} label={t.debug.startCopy} test="copy-start" />
    </form>
  );
}

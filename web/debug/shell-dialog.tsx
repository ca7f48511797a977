/** Opens a shell: directly in the user's own apps, as a debug session with consent in those of others. */
import type { DebugOffer } from '#protocol/debug.ts';
import { useState } from 'preact/hooks';
import { openShellIn } from '../terminal/control.ts';
import { closeAllLayers } from '../layers/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { openExec } from './actions.ts';
import { type DebugSubject, targetOf } from '../layers/debug-subject.ts';
import { FormEnd, Reason, WhatHappens } from './form-parts.tsx';
import { useSubmit } from '../ui/use-submit.ts';

export function ShellDialog({ subject, offer, own }: { subject: DebugSubject; offer: DebugOffer; own: boolean }) {
  const [reason, setReason] = useState('');
  const open = async () => {
    if (!own) return openExec({ ...targetOf(subject), reason: reason.trim() });
    closeAllLayers();
    openShellIn(subject.launchId === null ? null : { launchId: subject.launchId, name: subject.name });
  };
  const { busy, problem, submit } = useSubmit(
    () => (!own && offer.needs !== 'nothing' && reason.trim() === '' ? t.debug.problems.reason : null),
    open,
  );
  return (
    <form class="debug-form" onSubmit={submit} noValidate>
      <WhatHappens verb="shell" offer={offer} subject={subject} />
      {!own && <Reason offer={offer} value={reason} change={setReason} />}
      <FormEnd problem={problem} busy={busy} label={t.debug.openShell} test="shell-open" />
    </form>
  );
}

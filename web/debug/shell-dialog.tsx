/** A shell in what runs: one's own at once, others' as a session of its own, with their consent. */
import type { DebugOffer } from '#protocol/debug.ts';
import { useState } from 'preact/hooks';
import { openShellIn } from '../terminal/control.ts';
import { closeAllLayers } from '../ui/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { openExec } from './actions.ts';
import { type Aim, targetOf } from './aim.ts';
import { Ends, Reason, WhatHappens } from './form-parts.tsx';
import { useSend } from './use-send.ts';

export function ShellDialog({ aim, offer, own }: { aim: Aim; offer: DebugOffer; own: boolean }) {
  const [reason, setReason] = useState('');
  const open = async () => {
    if (!own) return openExec({ ...targetOf(aim), reason: reason.trim() });
    closeAllLayers();
    openShellIn(aim.launchId === null ? null : { launchId: aim.launchId, name: aim.name });
  };
  const { busy, problem, submit } = useSend(
    () => (!own && offer.needs !== 'nothing' && reason.trim() === '' ? t.debug.problems.reason : null),
    open,
  );
  return (
    <form class="debug-form" onSubmit={submit} noValidate>
      <WhatHappens verb="shell" offer={offer} aim={aim} />
      {!own && <Reason offer={offer} value={reason} change={setReason} />}
      <Ends problem={problem} busy={busy} label={t.debug.openShell} test="shell-open" />
    </form>
  );
}

/** Parts that the forms of the debug dialog share. */
import type { DebugOffer } from '#protocol/debug.ts';
import type { ComponentChildren } from 'preact';
import { closeLayer } from '../layers/layers.ts';
import { Checkbox, TextField } from '../ui/form-fields.tsx';
import { t } from '../ui/strings/catalogue.ts';
import type { DebugSubject, DebugVerb } from '../layers/debug-subject.ts';
import { explained } from './debug-form.ts';

export function WhatHappens({ verb, offer, subject }: { verb: DebugVerb; offer: DebugOffer; subject: DebugSubject }) {
  return (
    <ul class="debug-what" data-test="debug-what">
      {explained(verb, offer, subject, t.debug).map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

interface ReasonProps {
  readonly offer: DebugOffer;
  readonly value: string;
  readonly change: (reason: string) => void;
}

/** Required unless the desktop is the user's own. */
export function Reason({ offer, value, change }: ReasonProps) {
  if (offer.needs === 'nothing') return null;
  return (
    <label>
      <span class="legend">
        {t.debug.reason} <span class="small">{t.debug.reasonHint}</span>
      </span>
      <textarea
        rows={2}
        required
        maxLength={500}
        value={value}
        onInput={(event) => change(event.currentTarget.value)}
        data-test="debug-reason"
      />
    </label>
  );
}

interface AdvancedProps {
  readonly form: { readonly name: string; readonly plain: boolean };
  readonly change: (changed: { readonly name?: string; readonly plain?: boolean }) => void;
  readonly nameLabel: string;
  readonly namePlaceholder?: string;
  readonly plainHint: string;
  /** Tests find the fields by it: `<test>-advanced`, `-name`, `-plain`. */
  readonly test: string;
  readonly children: ComponentChildren;
}

/** Rarely used fields, collapsed at first: the name, `children`, and whether to do exactly what kubectl debug does. */
export function Advanced({ form, change, nameLabel, namePlaceholder, plainHint, test, children }: AdvancedProps) {
  return (
    <details class="debug-more">
      <summary data-test={`${test}-advanced`}>{t.debug.advanced}</summary>
      <div class="debug-form">
        <TextField
          label={nameLabel}
          hint={t.debug.nameHint}
          value={form.name}
          placeholder={namePlaceholder}
          test={`${test}-name`}
          change={(name) => change({ name })}
        />
        {children}
        <Checkbox
          label={t.debug.plain}
          hint={plainHint}
          on={form.plain}
          test={`${test}-plain`}
          change={(plain) => change({ plain })}
        />
      </div>
    </details>
  );
}

interface FormEndProps {
  /** Why the form can't be submitted, shown after an attempt. */
  readonly problem: string | null;
  readonly busy: boolean;
  readonly label: string;
  readonly test: string;
  readonly children?: ComponentChildren;
}

export function FormEnd({ problem, busy, label, test, children }: FormEndProps) {
  return (
    <>
      {problem !== null && (
        <p class="field-error" role="alert" data-test="debug-problem">
          {problem}
        </p>
      )}
      <div class="ends">
        <button type="button" class="quiet" onClick={() => closeLayer('debug')}>
          {t.cancel}
        </button>
        {children}
        <button type="submit" class="primary" disabled={busy} data-test={test}>
          {label}
        </button>
      </div>
    </>
  );
}

/** Shown in place of the form when the server refuses this kind of session. */
export function Refused({ refusal }: { refusal: string }) {
  return (
    <div class="debug-refused" role="note" data-test="debug-refusal">
      <p>{refusal}</p>
      <div class="ends">
        <button type="button" onClick={() => closeLayer('debug')}>
          {t.close}
        </button>
      </div>
    </div>
  );
}

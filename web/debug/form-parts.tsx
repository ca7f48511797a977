/** What the forms of the debug dialog have in common: what will happen, why, what refuses it, and the buttons. */
import type { DebugOffer } from '#protocol/debug.ts';
import type { ComponentChildren } from 'preact';
import { closeLayer } from '../ui/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import type { Aim } from './aim.ts';
import { type DebugVerb, explained } from './debug-form.ts';

export function WhatHappens({ verb, offer, aim }: { verb: DebugVerb; offer: DebugOffer; aim: Aim }) {
  return (
    <ul class="debug-what" data-test="debug-what">
      {explained(verb, offer, aim, t.debug).map((line) => (
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

/** Asked for where somebody else is concerned. */
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

interface TextProps {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly test: string;
  readonly change: (value: string) => void;
}

export function TextField({ label, hint, value, placeholder, test, change }: TextProps) {
  return (
    <label>
      <span class="legend">
        {label} <span class="small">{hint}</span>
      </span>
      <input
        class="mono"
        type="text"
        value={value}
        placeholder={placeholder}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => change(event.currentTarget.value)}
        data-test={test}
      />
    </label>
  );
}

interface TickProps {
  readonly label: string;
  readonly hint: string;
  readonly on: boolean;
  readonly test: string;
  readonly change: (on: boolean) => void;
}

export function Tick({ label, hint, on, test, change }: TickProps) {
  return (
    <label class="debug-tick">
      <input type="checkbox" checked={on} onChange={() => change(!on)} data-test={test} />
      <span>
        {label} <span class="small">{hint}</span>
      </span>
    </label>
  );
}

interface EndsProps {
  /** What keeps the form from being sent; said once the form was tried. */
  readonly problem: string | null;
  readonly busy: boolean;
  readonly label: string;
  readonly test: string;
  readonly children?: ComponentChildren;
}

export function Ends({ problem, busy, label, test, children }: EndsProps) {
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

/** The whole verb is refused: the server's sentence takes the form's place. */
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

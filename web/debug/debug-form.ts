/** The forms for toolbox and copy: their fields, validation, and the request they make. Pure. */
import { parseJson } from '#protocol/json.ts';
import {
  ContainerName,
  type CopyRequest,
  type DebugOffer,
  type DebugProfile,
  type ToolboxRequest,
} from '#protocol/debug.ts';
import { z } from 'zod';
import { invalidName, type VariableRow, variablesOf } from '../ui/variables.ts';
import type { Strings } from '../ui/strings/type.ts';
import { type DebugSubject, type DebugVerb, targetOf } from '../layers/debug-subject.ts';

interface Common {
  readonly name: string;
  readonly image: string;
  /** As typed at a shell prompt. */
  readonly command: string;
  readonly variables: readonly VariableRow[];
  readonly plain: boolean;
  readonly reason: string;
}

export interface ToolboxForm extends Common {
  readonly profile: DebugProfile | null;
  /** Container of the desktop; empty for the default. */
  readonly target: string;
  /** JSON of a partial container; administrators only. */
  readonly custom: string;
}

export interface CopyForm extends Common {
  readonly shareProcesses: boolean;
  readonly sameNode: boolean;
}

const EMPTY: Common = { name: '', image: '', command: '', variables: [], plain: false, reason: '' };

export function toolboxFormOf(offer: DebugOffer, subject: DebugSubject): ToolboxForm {
  const target = subject.container !== null && offer.targets.includes(subject.container) ? subject.container : '';
  return { ...EMPTY, image: offer.images[0] ?? '', profile: offer.profile, target, custom: '' };
}

export const copyFormOf = (): CopyForm => ({ ...EMPTY, shareProcesses: true, sameNode: false });

/** The first problem of the form as a sentence, or null. */
export function problemOf(
  form: ToolboxForm | CopyForm,
  needs: DebugOffer['needs'],
  words: Strings['debug']['problems'],
): string | null {
  if (form.name !== '' && !ContainerName.safeParse(form.name).success) return words.name;
  if (commandOf(form.command) === null) return words.command;
  const bad = invalidName(form.variables);
  if (bad !== null) return words.variable(bad);
  if ('custom' in form && customOf(form.custom) === null) return words.custom;
  if ('profile' in form && form.profile === null) return words.profile;
  if (needs !== 'nothing' && form.reason.trim() === '') return words.reason;
  return null;
}

/** Default values are not sent. */
export function toolboxRequestOf(form: ToolboxForm, subject: DebugSubject): ToolboxRequest {
  const custom = customOf(form.custom);
  return {
    ...targetOf(subject),
    ...commonOf(form),
    ...(form.profile === null ? {} : { profile: form.profile }),
    ...(form.target === '' ? {} : { target: form.target }),
    ...(custom && Object.keys(custom).length > 0 ? { custom } : {}),
  };
}

export function copyRequestOf(form: CopyForm, launch: string): CopyRequest {
  return { launch, ...commonOf(form), shareProcesses: form.shareProcesses, sameNode: form.sameNode };
}

function commonOf({ name, image, command, variables, plain, reason }: Common) {
  return {
    ...(name === '' ? {} : { name }),
    ...(image.trim() === '' ? {} : { image: image.trim() }),
    command: [...(commandOf(command) ?? [])],
    env: variablesOf(variables),
    plain,
    reason: reason.trim(),
  };
}

/** The partial container spec: empty if there is none, null if it isn't a JSON object. */
export function customOf(text: string): Record<string, unknown> | null {
  if (text.trim() === '') return {};
  return z.record(z.string(), z.unknown()).safeParse(parseJson(text)).data ?? null;
}

/** Splits a command into words like a shell, without expansions; null if a quote isn't closed. */
export function commandOf(line: string): readonly string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === '\\' && quote !== "'" && at + 1 < line.length) {
      at += 1;
      word = (word ?? '') + line.charAt(at);
    } else if (quote !== '') {
      if (character === quote) quote = '';
      else word = (word ?? '') + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (!/\s/.test(character)) word = (word ?? '') + character;
    else if (word !== null) {
      words.push(word);
      word = null;
    }
  }
  if (quote !== '') return null;
  return word === null ? words : [...words, word];
}

/** What will happen when the form is submitted. */
export function explained(
  verb: DebugVerb,
  offer: DebugOffer,
  subject: DebugSubject,
  words: Strings['debug'],
): readonly string[] {
  const minutes = Math.round(offer.ttlSeconds / 60);
  const lasts = verb === 'shell' ? [] : [words.lasts[verb](minutes)];
  const asked = {
    nothing: [],
    reason: [words.asksReason(subject.userId)],
    consent: [words.asksConsent(subject.userId)],
  };
  return [words.what[verb](subject.name), ...lasts, ...asked[offer.needs]];
}

/** The forms for toolbox, copy and shell: what people type, what is wrong with it, and the request it means. Pure. */
import {
  ContainerName,
  type CopyRequest,
  type DebugOffer,
  type DebugProfile,
  type ToolboxRequest,
} from '#protocol/debug.ts';
import { z } from 'zod';
import { badName, type VariableRow, variablesOf } from '../settings/again-form.ts';
import type { Strings } from '../ui/strings/catalogue.ts';
import { type Aim, targetOf } from './aim.ts';

export type DebugVerb = 'toolbox' | 'copy' | 'shell';

interface Common {
  readonly name: string;
  readonly image: string;
  /** As one types it at a prompt. */
  readonly command: string;
  readonly variables: readonly VariableRow[];
  readonly plain: boolean;
  readonly reason: string;
}

export interface ToolboxForm extends Common {
  readonly profile: DebugProfile | null;
  /** Container of the desktop; empty for the launch's own. */
  readonly target: string;
  /** JSON of a partial container; administrators only. */
  readonly custom: string;
}

export interface CopyForm extends Common {
  readonly shareProcesses: boolean;
  readonly sameNode: boolean;
}

const EMPTY: Common = { name: '', image: '', command: '', variables: [], plain: false, reason: '' };

export function toolboxFormOf(offer: DebugOffer, aim: Aim): ToolboxForm {
  const target = aim.container !== null && offer.targets.includes(aim.container) ? aim.container : '';
  return { ...EMPTY, image: offer.images[0] ?? '', profile: offer.profile, target, custom: '' };
}

export const copyFormOf = (): CopyForm => ({ ...EMPTY, shareProcesses: true, sameNode: false });

/** What keeps the form from being sent, in words; null when nothing does. */
export function problemOf(
  form: ToolboxForm | CopyForm,
  needs: DebugOffer['needs'],
  words: Strings['debug']['problems'],
): string | null {
  if (form.name !== '' && !ContainerName.safeParse(form.name).success) return words.name;
  if (commandOf(form.command) === null) return words.command;
  const bad = badName(form);
  if (bad !== null) return words.variable(bad);
  if ('custom' in form && customOf(form.custom) === null) return words.custom;
  if ('profile' in form && form.profile === null) return words.profile;
  if (needs !== 'nothing' && form.reason.trim() === '') return words.reason;
  return null;
}

/** What is left to its default is not sent. */
export function toolboxRequestOf(form: ToolboxForm, aim: Aim): ToolboxRequest {
  const custom = customOf(form.custom);
  return {
    ...targetOf(aim),
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

/** A partial container; empty for none, null when it is not JSON of one. */
export function customOf(text: string): Record<string, unknown> | null {
  if (text.trim() === '') return {};
  try {
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** The words of a command as a shell splits them, without its other magic; null when a quote stays open. */
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

/** What will happen, before it does. */
export function explained(verb: DebugVerb, offer: DebugOffer, aim: Aim, words: Strings['debug']): readonly string[] {
  const minutes = Math.round(offer.ttlSeconds / 60);
  const lasts = verb === 'shell' ? [] : [words.lasts[verb](minutes)];
  const asked = { nothing: [], reason: [words.asksReason(aim.userId)], consent: [words.asksConsent(aim.userId)] };
  return [words.what[verb](aim.name), ...lasts, ...asked[offer.needs]];
}

/** What the options of `deskpod debug` mean together: a toolbox, a copy, or joining a look. Some exclude each other. */
import { readFile } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';
import { z } from 'zod';
import type { CopyRequest, DebugProfile, DebugTarget, ToolboxRequest } from '#protocol/debug.ts';
import { CliError, EXIT } from '../failure.ts';
import type { Wanted } from '../login.ts';
import { debugTargetOf } from '../target.ts';

export interface DebugOptions extends Wanted {
  readonly interactive?: true;
  readonly tty?: true;
  readonly reason?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly image?: string;
  readonly plain?: true;
  readonly target?: string;
  readonly container?: string;
  readonly profile?: DebugProfile;
  readonly custom?: string;
  readonly copyTo?: string | true;
  readonly setImage?: string;
  readonly shareProcesses: boolean;
  readonly sameNode?: true;
  readonly attach?: string;
  readonly offer?: true;
  readonly json?: true;
}

export type DebugWish =
  | { readonly kind: 'toolbox'; readonly request: ToolboxRequest }
  | { readonly kind: 'copy'; readonly request: CopyRequest }
  | { readonly kind: 'attach'; readonly session: string }
  | { readonly kind: 'offer'; readonly target: DebugTarget };

const OF_TOOLBOXES = ['target', 'container', 'profile', 'custom'] as const;
const OF_COPIES = ['setImage', 'sameNode'] as const;
const OF_NEW_ONES = [...OF_TOOLBOXES, ...OF_COPIES, 'image', 'plain', 'copyTo', 'reason', 'offer'] as const;

const FLAGS: Readonly<Partial<Record<keyof DebugOptions, string>>> = {
  setImage: 'set-image',
  copyTo: 'copy-to',
  sameNode: 'same-node',
};

export async function readWish(
  place: string | undefined,
  command: readonly string[],
  options: DebugOptions,
): Promise<DebugWish> {
  if (options.attach !== undefined) {
    refuse(options, OF_NEW_ONES, 'together with --attach');
    if (place !== undefined) throw asked('--attach takes a session and no launch.');
    return { kind: 'attach', session: options.attach };
  }
  if (place === undefined)
    throw asked('Say which launch to look into.', 'deskpod launches list shows them; - is your desktop.');
  if (options.offer) return { kind: 'offer', target: debugTargetOf(place) };
  if (options.copyTo !== undefined) {
    refuse(options, OF_TOOLBOXES, 'together with --copy-to');
    return { kind: 'copy', request: copyOf(place, command, options) };
  }
  refuse(options, OF_COPIES, 'without --copy-to');
  if (!options.shareProcesses) throw asked('--share-processes means nothing without --copy-to.');
  return { kind: 'toolbox', request: await toolboxOf(place, command, options) };
}

async function toolboxOf(place: string, command: readonly string[], options: DebugOptions): Promise<ToolboxRequest> {
  const { target, container: name, image, profile, env, plain, custom, reason } = options;
  return {
    ...debugTargetOf(place),
    ...given({ target, name, image, profile, reason }),
    env,
    command: [...command],
    ...(plain === undefined ? {} : { plain }),
    ...(custom === undefined ? {} : { custom: await readSpec(custom) }),
  };
}

function copyOf(place: string, command: readonly string[], options: DebugOptions): CopyRequest {
  const { launch } = debugTargetOf(place);
  if (launch === undefined) throw asked('Only a launch can be copied, no desktop.');
  const { copyTo, setImage, image, env, shareProcesses, sameNode, plain, reason } = options;
  if (setImage !== undefined && image !== undefined) throw asked('--image and --set-image mean the same for a copy.');
  return {
    launch,
    ...given({ name: copyTo === true ? undefined : copyTo, image: setImage ?? image, reason }),
    ...given({ sameNode, plain }),
    env,
    command: [...command],
    shareProcesses,
  };
}

/** `--flag=false` as kubectl has it. */
export function yesOrNo(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new InvalidArgumentError('Say true or false.');
}

async function readSpec(file: string): Promise<Record<string, unknown>> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CliError(`${file} cannot be read.`, { cause });
  });
  const { parse } = await import('yaml');
  try {
    // JSON is YAML too.
    return z.record(z.string(), z.unknown()).parse(parse(text));
  } catch (cause) {
    throw new CliError(`${file} is no partial container spec.`, {
      remedy: 'It is YAML or JSON such as {"securityContext": {"runAsUser": 0}}.',
      cause,
    });
  }
}

function refuse(options: DebugOptions, names: readonly (keyof DebugOptions)[], when: string): void {
  const wrong = names.find((name) => options[name] !== undefined);
  if (wrong !== undefined) throw asked(`--${FLAGS[wrong] ?? wrong} means nothing ${when}.`);
}

function asked(message: string, remedy?: string): CliError {
  return new CliError(message, { exitCode: EXIT.usage, ...(remedy === undefined ? {} : { remedy }) });
}

/** Without what was not said. */
function given<Fields extends Record<string, unknown>>(
  fields: Fields,
): { [Name in keyof Fields]?: NonNullable<Fields[Name]> };
function given(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

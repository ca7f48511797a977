/** Parses the options of `deskpod debug`: a toolbox, a copy, or an existing session. Some exclude each other. */
import { InvalidArgumentError } from 'commander';
import { z } from 'zod';
import type { CopyRequest, DebugProfile, DebugTarget, ToolboxRequest } from '#protocol/debug.ts';
import { CliError, EXIT } from '../failure.ts';
import type { ServerOptions } from '../login.ts';
import { readText } from '../read-text.ts';
import { debugTargetOf } from '../target.ts';

export interface DebugOptions extends ServerOptions {
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

export type DebugRequest =
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

export async function readRequest(
  target: string | undefined,
  command: readonly string[],
  options: DebugOptions,
): Promise<DebugRequest> {
  if (options.attach !== undefined) {
    refuse(options, OF_NEW_ONES, 'with --attach');
    if (target !== undefined) throw usageError('Don’t combine --attach with a launch.');
    return { kind: 'attach', session: options.attach };
  }
  if (target === undefined)
    throw usageError('Name the launch to debug, or - for your desktop.', 'To list launches: deskpod launches list');
  if (options.offer) return { kind: 'offer', target: debugTargetOf(target) };
  if (options.copyTo !== undefined) {
    refuse(options, OF_TOOLBOXES, 'with --copy-to');
    return { kind: 'copy', request: copyOf(target, command, options) };
  }
  refuse(options, OF_COPIES, 'without --copy-to');
  if (!options.shareProcesses) throw usageError('--share-processes can’t be used without --copy-to.');
  return { kind: 'toolbox', request: await toolboxOf(target, command, options) };
}

async function toolboxOf(text: string, command: readonly string[], options: DebugOptions): Promise<ToolboxRequest> {
  const { target, container: name, image, profile, env, plain, custom, reason } = options;
  return {
    ...debugTargetOf(text),
    ...defined({ target, name, image, profile, reason }),
    env,
    command: [...command],
    ...(plain === undefined ? {} : { plain }),
    ...(custom === undefined ? {} : { custom: await readSpec(custom) }),
  };
}

function copyOf(target: string, command: readonly string[], options: DebugOptions): CopyRequest {
  const { launch } = debugTargetOf(target);
  if (launch === undefined) throw usageError('Only launches can be copied, not desktops.');
  const { copyTo, setImage, image, env, shareProcesses, sameNode, plain, reason } = options;
  if (setImage !== undefined && image !== undefined) throw usageError('Use either --image or --set-image.');
  return {
    launch,
    ...defined({ name: copyTo === true ? undefined : copyTo, image: setImage ?? image, reason }),
    ...defined({ sameNode, plain }),
    env,
    command: [...command],
    shareProcesses,
  };
}

/** `--flag=false`, as in kubectl. */
export function yesOrNo(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new InvalidArgumentError('Enter true or false.');
}

async function readSpec(file: string): Promise<Record<string, unknown>> {
  const text = await readText(file);
  const { parse } = await import('yaml');
  try {
    // JSON is YAML too.
    return z.record(z.string(), z.unknown()).parse(parse(text));
  } catch (cause) {
    throw new CliError(`${file} is not a partial container spec.`, {
      remedy: 'Use YAML or JSON such as {"securityContext": {"runAsUser": 0}}.',
      cause,
    });
  }
}

function refuse(options: DebugOptions, names: readonly (keyof DebugOptions)[], when: string): void {
  const wrong = names.find((name) => options[name] !== undefined);
  if (wrong !== undefined) throw usageError(`--${FLAGS[wrong] ?? wrong} can’t be used ${when}.`);
}

function usageError(message: string, remedy?: string): CliError {
  return new CliError(message, { exitCode: EXIT.usage, ...(remedy === undefined ? {} : { remedy }) });
}

/** Removes undefined fields. */
function defined<Fields extends Record<string, unknown>>(
  fields: Fields,
): { [Name in keyof Fields]?: NonNullable<Fields[Name]> };
function defined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

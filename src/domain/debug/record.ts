/** A debug session as it is kept: what others are told of it, and what was asked for, so that any server can begin it. */
import { z } from 'zod';
import { CopyRequest, type DebugSession, ExecRequest, ToolboxRequest } from '../../protocol/debug.ts';

export const DebugWant = z.discriminatedUnion('kind', [
  ToolboxRequest.extend({ kind: z.literal('toolbox') }),
  CopyRequest.extend({ kind: z.literal('copy') }),
  ExecRequest.extend({ kind: z.literal('exec') }),
]);
export type DebugWant = z.output<typeof DebugWant>;

export interface DebugRecord {
  readonly session: DebugSession;
  readonly want: DebugWant;
  /** The server that begins it, and later records its terminal; null while nobody does. */
  readonly server: string | null;
}

/** Changes of the session itself, and of who looks after it. */
export type DebugChange = Partial<DebugSession> & { readonly server?: string | null };

export type DebugStateName = DebugSession['status']['state'];

export interface DebugFilter {
  /** About this user's desktop. */
  readonly userId?: string;
  /** By or about this user. */
  readonly involving?: string;
  readonly desktopId?: string;
  /** Those that wait, start or run. */
  readonly open?: boolean;
  /** Whether the person it is about knows of it. */
  readonly seen?: boolean;
  /** At most 500. */
  readonly limit?: number;
}

export interface DebugStore {
  add(record: DebugRecord): Promise<void>;
  find(id: string): Promise<DebugRecord | null>;
  /** Newest first. */
  list(filter: DebugFilter): Promise<readonly DebugRecord[]>;
  /** Of several servers one after the other. Null, and nothing changed, when it is in none of these states. */
  change(id: string, from: readonly DebugStateName[], change: DebugChange): Promise<DebugRecord | null>;
  /** Adds to its recording; false once that is full. */
  record(id: string, text: string): Promise<boolean>;
  /** All of its recording; empty without one. */
  transcript(id: string): Promise<string>;
  /** Removes those that ended before, with their recordings; returns how many. */
  prune(before: Date): Promise<number>;
}

/** A recording has no more than this. */
export const TRANSCRIPT_BYTES = 8 * 1024 * 1024;

export function isOpen({ session }: DebugRecord): boolean {
  return session.status.state !== 'ended';
}

/** Debug sessions as the store keeps them: the public session, and its request, so that any server can start it. */
import { z } from 'zod';
import { CopyRequest, type DebugSession, ExecRequest, ToolboxRequest } from '#protocol/debug.ts';

/** The maximum size of a recording. */
export const TRANSCRIPT_BYTES = 8 * 1024 * 1024;

export const DebugRequest = z.discriminatedUnion('kind', [
  ToolboxRequest.extend({ kind: z.literal('toolbox') }),
  CopyRequest.extend({ kind: z.literal('copy') }),
  ExecRequest.extend({ kind: z.literal('exec') }),
]);
export type DebugRequest = z.output<typeof DebugRequest>;

export interface DebugRecord {
  readonly session: DebugSession;
  readonly request: DebugRequest;
  /** The server that starts it and then records its terminal; null if there is none. */
  readonly server: string | null;
}

/** Changes of the session, and of the server in charge of it. */
export type DebugChange = Partial<DebugSession> & { readonly server?: string | null };

export type DebugStateName = DebugSession['status']['state'];

export interface DebugFilter {
  /** On this user's desktop. */
  readonly userId?: string;
  /** Requested by this user, or on their desktop. */
  readonly involving?: string;
  readonly desktopId?: string;
  /** Sessions that wait for consent, start or run. */
  readonly open?: boolean;
  /** Whether the owner of the desktop has seen it. */
  readonly seen?: boolean;
  /** At most 500. */
  readonly limit?: number;
}

export interface DebugStore {
  add(record: DebugRecord): Promise<void>;
  find(id: string): Promise<DebugRecord | null>;
  /** Newest first. */
  list(filter: DebugFilter): Promise<readonly DebugRecord[]>;
  /** Atomic across servers. Returns null and changes nothing unless the session is in one of these states. */
  change(id: string, from: readonly DebugStateName[], change: DebugChange): Promise<DebugRecord | null>;
  /** Appends to its recording; false once that is full. */
  record(id: string, text: string): Promise<boolean>;
  /** Its whole recording; empty without one. */
  transcript(id: string): Promise<string>;
  /** Removes sessions that ended before, with their recordings; returns how many. */
  prune(before: Date): Promise<number>;
}

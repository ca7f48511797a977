/** What is said of each setting beside its schema. */
import { z } from 'zod';

export interface Facts {
  /** What it means, in sentences. */
  readonly text: string;
  /** How a string from a variable or option becomes a value. `path`: made absolute. `json`: files only. */
  readonly read: 'text' | 'path' | 'number' | 'switch' | 'list' | 'json';
  /** For people. */
  readonly type: string;
  /** Where the default depends on something else: in words. */
  readonly fallback?: string;
  readonly variable?: string;
  /** Without the dashes. */
  readonly option?: string;
}

export const FACTS = z.registry<Facts>();

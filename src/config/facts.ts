/** What is known about each setting, besides its schema. */
import { z } from 'zod';

export interface Facts {
  /** Its description, in sentences. */
  readonly text: string;
  /** How a string from a variable or option becomes a value. `path`: made absolute. */
  readonly read: 'text' | 'path' | 'number' | 'switch' | 'list' | 'json';
  /** For people. */
  readonly type: string;
  /** The default in words, if it depends on something else. */
  readonly fallback?: string;
  readonly variable?: string;
  /** Without the dashes. */
  readonly option?: string;
}

export const FACTS = z.registry<Facts>();

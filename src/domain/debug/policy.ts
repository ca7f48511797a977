/** What the configuration says of looking into what runs. */
import type { DebugProfile } from '../../protocol/debug.ts';
import type { Role } from '../../protocol/user.ts';

export interface DebugPolicy {
  /** Whether people may look into what is theirs. */
  readonly own: boolean;
  /** What is offered to whom; of several roles all. */
  readonly profiles: Readonly<Record<Role, readonly DebugProfile[]>>;
  /** Toolboxes are made from these alone; the first one unless said otherwise. */
  readonly images: readonly string[];
  /** How long one lasts, unless it is begun anew. */
  readonly ttlSeconds: number;
  /** How long a person is waited for before an administrator may agree in their place. */
  readonly approvableSeconds: number;
  /** After this, nobody has agreed. */
  readonly unansweredSeconds: number;
}

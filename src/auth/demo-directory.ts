/**
 * The demo directory: seven users whose password is their id, so none has a role, and only for a machine that no one else
 * can reach. The same users, numbers and groups as in the compatible system's demo.
 */
import type { LocalUser } from '#domain/ports/store.ts';
import { withRoles } from './roles.ts';

const CREW = 'shipcrew';
const STAFF = 'adminstaff';
const SINCE = new Date('2026-01-01T00:00:00Z');

export const DEMO_PEOPLE: readonly LocalUser[] = [
  person('fry', 'Philip J. Fry', 2042, [CREW], 'QVf2LGmt3Azw56oomXQ-eQ$2UxiduPXgMC6g35i-4EM1moTLlXIbD3k7XENvfb9wA0'),
  person(
    'hermes',
    'Hermes Conrad',
    2043,
    [STAFF],
    'D53MH098dkCyd2t9lt-jDg$a_IrzCCT-Q76puwmJ6WX8RLThF0p7IgEeTdRCLHNRBU',
  ),
  person('leela', 'Turanga Leela', 2044, [CREW], 'Cm4_cv7Gp-vITlBU5euQVw$L4-paT8xv87kJxtMEaE6Dg7IukF8lNaKa22z7sCBgK4'),
  person(
    'professor',
    'Hubert J. Farnsworth',
    2045,
    [STAFF],
    '5C9X_YZDRWwMxE9u_FhnHA$A2e1fSWwhmNWIHQRk_PRyujHMtggV2D2Eb8LnGWoBIQ',
  ),
  person(
    'bender',
    'Bender Bending Rodriguez',
    2046,
    [CREW],
    'S9_xMTGYduQ4OGz4CcAUGw$br0NfFzOwF4NYl155wXulLKyYtziRAaMhAeTfO-LBDs',
  ),
  person(
    'zoidberg',
    'John A. Zoidberg',
    2047,
    [],
    'j2ppg7W98hOTgSj1wFRhHw$4u_7WqXsXwD79glIWwWzWheY5YEz1x5eyeMiDrFOUj0',
  ),
  person('amy', 'Amy Wong', 2048, [], 'BK5Vos-l6nvYJyKsNr0IzQ$VoZI4al2w13sr1NGs4POgYmFGGo2ofSpQKcVmicrA0U'),
];

function person(id: string, name: string, uid: number, groups: string[], saltAndHash: string): LocalUser {
  return {
    id,
    name,
    passwordHash: `scrypt$16384$8$5$${saltAndHash}`,
    labels: withRoles(['labeltrue', ...groups], []),
    uid,
    gid: uid + 10_000,
    createdAt: SINCE,
    disabled: false,
  };
}

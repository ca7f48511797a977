/** `deskpod debug --offer`: the debug options on a launch or desktop, without starting anything. */
import type { DebugOffer } from '#protocol/debug.ts';
import { CliError } from '../failure.ts';
import { say, sayTable } from '../io.ts';
import type { Io } from '../io.ts';

const NEEDS: Readonly<Record<DebugOffer['needs'], string>> = {
  nothing: 'nothing',
  reason: 'a reason (--reason)',
  consent: 'a reason (--reason), and the consent of the desktop’s owner',
};

export function sayOffer(io: Io, { refusal, needs, profiles, profile, images, targets, ttlSeconds }: DebugOffer): void {
  if (refusal !== null) throw new CliError(refusal);
  const rows = profiles.map((one) => [
    one.profile,
    one.refusal === null ? (one.profile === profile ? 'yes (default)' : 'yes') : `no: ${one.refusal}`,
  ]);
  sayTable(io, ['PROFILE', 'AVAILABLE'], rows);
  say(io, `Requires: ${NEEDS[needs]}`);
  say(io, `Images: ${images.join(', ')}`);
  if (targets.length > 0) say(io, `Targets: ${targets.join(', ')}`);
  say(io, `Time limit: ${Math.round(ttlSeconds / 60)} minutes, extendable`);
}

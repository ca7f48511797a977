/** Security options of containers, in the form that each engine takes. */
import { join } from 'node:path';
import type { SeccompProfile } from '#protocol/app.ts';
import type { Flavour } from '#containers-client/api.ts';
import { profileFile, SECCOMP_PROFILES } from '../../shared/seccomp.ts';

/** The folder with the profiles as files, of which only root can change anything. */
export function seccompFolder(runDir: string): string {
  return join(runDir, 'seccomp');
}

/**
 * Null: the engine's default profile. Podman's API takes the path of a file, Docker's the profile itself.
 * https://github.com/containers/podman/issues/27710
 */
export function securityOptions(
  profile: SeccompProfile | null,
  { flavour, seccomp }: { readonly flavour: Flavour; readonly seccomp: string },
): string[] {
  const options = ['no-new-privileges'];
  if (profile === null) return options;
  const given = flavour === 'podman' ? join(seccomp, profileFile(profile)) : JSON.stringify(SECCOMP_PROFILES[profile]);
  return [...options, `seccomp=${given}`];
}

/** The seccomp profiles as files, which Podman reads when it makes a container. */
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SeccompProfile } from '#protocol/app.ts';
import { profileFile, profileText } from '../../shared/seccomp.ts';

/** Replaces those of an earlier version. */
export async function writeSeccompProfiles(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  for (const name of SeccompProfile.options) {
    const file = join(folder, profileFile(name));
    await writeFile(`${file}.new`, profileText(name), { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
}

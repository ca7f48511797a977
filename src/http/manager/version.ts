/** The response of `/API/version`: the package's version and, in a git checkout, its commit. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ignore } from '#protocol/ignore.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 5_000;

export interface BuildVersion {
  readonly version: string;
  /** ISO 8601 of the commit; empty without a checkout. */
  readonly date: string;
  /** Full hash; empty without a checkout. */
  readonly commit: string;
}

/** Never rejects: without git or a checkout, the commit is unknown. */
export async function buildVersion(root: string, version: string): Promise<BuildVersion> {
  const args = ['-C', root, 'show', '--no-patch', '--format=%cI %H', 'HEAD'];
  const said = await run('git', args, { timeout: TIMEOUT_MS }).catch(ignore('not a git checkout', null));
  const [date = '', commit = ''] = said?.stdout.trim().split(' ') ?? [];
  return /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(commit) ? { version, date, commit } : { version, date: '', commit: '' };
}

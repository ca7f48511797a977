/** What figures were measured on, in a line. */
import { readFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';

const GIB = 1024 ** 3;

export async function machine(): Promise<string> {
  const release = /^PRETTY_NAME="(.*)"$/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1] ?? 'Linux';
  const [cpu] = cpus();
  return `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / GIB)} GiB, ${release}`;
}

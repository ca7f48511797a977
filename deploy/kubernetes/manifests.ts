/**
 * `npm run manifests`: the plain manifests in this folder, as the chart renders them. Files that `kubectl create -f` takes
 * need no Helm; only whoever changes the chart needs it, for this.
 */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const FOLDER = import.meta.dirname;
const CHART = join(FOLDER, 'chart');
/** The steps of the documentation make keys and configuration by hand. */
const BY_HAND = ['keys.create=false', 'odConfig.existing=abcdesktop-config'];

interface Manifest {
  readonly file: string;
  readonly says: string;
  readonly values: readonly string[];
  /** Templates of the chart; all if left out. */
  readonly only?: readonly string[];
}

const MANIFESTS: readonly Manifest[] = [
  { file: 'deskpod.yaml', says: 'Deskpod: two replicas each of api and gateway, PostgreSQL', values: BY_HAND },
  {
    file: 'deskpod-small.yaml',
    says: 'Deskpod in one pod, with SQLite on a volume',
    values: [...BY_HAND, 'small=true'],
  },
  {
    file: 'poduser.yaml',
    says: 'Fetches the images of a desktop in advance',
    values: ['prepull=true'],
    only: ['poduser'],
  },
  {
    file: 'homes.yaml',
    says: 'Beside deskpod.yaml where homes are claims',
    values: ['homes.kind=persistentVolumeClaim'],
    only: ['homes'],
  },
  {
    file: 'limits.yaml',
    says: 'Beside deskpod.yaml in production',
    values: ['limitRange.enabled=true', 'resourceQuota.enabled=true'],
    only: ['limits'],
  },
];

/** File name → content. Rejects when Helm is missing or the chart is wrong. */
export async function renderManifests(): Promise<ReadonlyMap<string, string>> {
  const rendered = MANIFESTS.map(async (manifest) => [manifest.file, await render(manifest)] as const);
  const odConfig = readFile(join(CHART, 'od.config'), 'utf8');
  return new Map([...(await Promise.all(rendered)), ['od.config', await odConfig]]);
}

async function render({ says, values, only = [] }: Manifest): Promise<string> {
  const args = [
    'template',
    'deskpod',
    CHART,
    '--namespace=abcdesktop',
    ...values.flatMap((value) => ['--set', value]),
    ...only.flatMap((template) => ['--show-only', `templates/${template}.yaml`]),
  ];
  const { stdout } = await promisify(execFile)('helm', args);
  const lines = stdout.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('# Source: '));
  return `# ${says}.\n# Made from the chart by \`npm run manifests\`: change that, not this file.\n${lines.join('\n')}\n`;
}

if (import.meta.main) {
  for (const [file, content] of await renderManifests()) await writeFile(join(FOLDER, file), content);
}

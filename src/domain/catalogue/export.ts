/** An image of ours as the catalogue file that other installations take: the documented `docker inspect` form. */
import { DockerInspect } from '#protocol/image-inspect.ts';
import type { ImageInfo } from '../ports/engine.ts';
import { repositoryName } from './reference.ts';

export interface ExportName {
  /** Repository and tag, for example `2048-alpine.d:3.0`, or repository and digest. */
  readonly name: string;
  /** What goes in front, for example `registry.example.org/apps`; empty means docker.io. */
  readonly registry: string;
  /** `oc.*` labels that differ there, for example another runtime. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** What of `docker inspect` travels: the image's own properties, never paths or ids of the machine that built it. */
const CONFIG_KEYS = ['User', 'Env', 'Cmd', 'Entrypoint', 'WorkingDir', 'Volumes', 'ExposedPorts'] as const;

/** One entry in an array. The app is called by the exported name, as object names (`hermes-app-2048-alpine-4dd6f`) need it. */
export function exportInspect(
  image: ImageInfo,
  { name, registry, labels = {} }: ExportName,
): readonly [Record<string, unknown>] {
  const inspect = DockerInspect.safeParse(image.inspect);
  const config = inspect.success ? (inspect.data.Config ?? {}) : {};
  const repository = registry === '' ? name : `${registry.replace(/\/+$/, '')}/${name}`;
  const appName = repositoryName(name).replace(/\.d$/, '');
  const entry = {
    Id: image.id.startsWith('sha256:') ? image.id : `sha256:${image.id}`,
    ...namesOf(repository),
    Comment: '',
    Created: image.createdAt.toISOString(),
    Author: '',
    Config: {
      ...Object.fromEntries(CONFIG_KEYS.filter((key) => key in config).map((key) => [key, config[key]])),
      ...('Cmd' in config ? {} : { Cmd: [...image.command] }),
      Labels: {
        ...Object.fromEntries(Object.entries(image.labels).filter(([label]) => label.startsWith('oc.'))),
        'oc.name': appName,
        'oc.keyword': withKeyword(image.labels['oc.keyword'], appName),
        ...labels,
      },
    },
    Architecture: image.architecture,
    Os: image.os,
  };
  return [entry];
}

/** Where `docker inspect` has them: an entry without a tag is known by its digest. */
function namesOf(repository: string): { readonly RepoTags: string[]; readonly RepoDigests: string[] } {
  if (repository.includes('@')) return { RepoTags: [], RepoDigests: [repository] };
  const tagged = repository.includes(':', repository.lastIndexOf('/') + 1);
  return { RepoTags: [tagged ? repository : `${repository}:latest`], RepoDigests: [] };
}

function withKeyword(keywords: string | undefined, name: string): string {
  const words = (keywords ?? '').split(',').map((word) => word.trim());
  return [name, ...words.filter((word) => word !== '' && word !== name)].join(',');
}

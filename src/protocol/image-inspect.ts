/**
 * The output of `docker inspect` and `crictl inspecti`, as far as catalogue entries use it. Everything
 * else in those documents is ignored. Label values are checked where they are read: only `oc.*` ones matter.
 */
import { z } from 'zod';

const Strings = z.array(z.string()).nullish();
const Labels = z.record(z.string(), z.unknown()).nullish();

const Config = z.looseObject({ Cmd: Strings, Entrypoint: Strings, ExposedPorts: Labels, Labels }).nullish();

export const DockerInspect = z.looseObject({
  Id: z.string(),
  RepoTags: Strings,
  RepoDigests: Strings,
  Architecture: z.string().nullish(),
  Os: z.string().nullish(),
  Created: z.string().nullish(),
  Config,
});
export type DockerInspect = z.infer<typeof DockerInspect>;

export const CrictlInspect = z.looseObject({
  status: z.looseObject({ id: z.string(), repoTags: Strings, repoDigests: Strings }),
  info: z.looseObject({
    imageSpec: z.looseObject({
      architecture: z.string().nullish(),
      os: z.string().nullish(),
      created: z.string().nullish(),
      config: Config,
    }),
  }),
});
export type CrictlInspect = z.infer<typeof CrictlInspect>;

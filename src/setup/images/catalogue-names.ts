/** Additional names of images from the catalogue files: exported apps are pulled by these names. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseInspect } from '#domain/catalogue/image-inspect.ts';
import { OURS, type PlannedImage } from '#containers-client/images/plan.ts';

export interface Name {
  readonly name: string;
  readonly tag: string;
}

/** For example `2048-alpine.d` and `3.0` for the image 2048-gtk: files under `catalogue/` that start the same program. */
export function catalogueNames(root: string, { labels }: Pick<PlannedImage, 'labels'>): readonly Name[] {
  if (labels['oc.type'] !== 'app') return [];
  const folder = join(root, 'catalogue');
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.flatMap((file) => {
    const documents = parseInspect(JSON.parse(readFileSync(join(folder, file), 'utf8')))?.documents ?? [];
    return documents.flatMap(({ id, path }) => {
      const [name = '', tag = ''] = id.startsWith(OURS) ? id.slice(OURS.length).split(':') : [];
      return path === labels['oc.path'] && name !== '' && tag !== '' ? [{ name, tag }] : [];
    });
  });
}

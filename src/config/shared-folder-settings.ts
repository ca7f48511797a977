/** The values of the setting `files.shared`; `shared-folders.ts` checks them further. */
import { isAbsolute, normalize } from 'node:path';
import { z } from 'zod';
import { FIRST_PERSON_ID } from '#domain/posix-ids.ts';
import { text } from './kinds.ts';

const Name = z
  .string()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,62}$/u,
    'is not a name of letters, digits, blanks, dots, hyphens and underscores',
  )
  .refine((name) => name.trim() === name, 'ends with a blank');

const Path = text()
  .refine((path) => isAbsolute(path), 'is not an absolute path')
  .refine((path) => !/[:\p{Cc}]/u.test(path), 'has a colon or a control character')
  .transform((path) => normalize(path).replace(/(.)\/$/, '$1'));

const Claim = text().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'is not the name of a PersistentVolumeClaim');

export const SharedFolders = z
  .array(
    z.strictObject({
      name: Name,
      path: Path.optional(),
      claim: Claim.optional(),
      groups: z.array(text()).min(1, 'names no group; all stands for everybody'),
      readOnly: z.boolean().default(false),
      gid: z.int().min(FIRST_PERSON_ID, 'is a group of the system').max(2_147_483_646).optional(),
    }),
  )
  .max(32)
  .superRefine((folders, context) => {
    const names = folders.map(({ name }) => name.toLowerCase());
    for (const [index, name] of names.entries())
      if (names.indexOf(name) < index)
        context.addIssue({ code: 'custom', path: [index, 'name'], message: `${folders[index]?.name} is there twice` });
  });

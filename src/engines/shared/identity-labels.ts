/**
 * Whose an object is, as its labels or annotations say: labels of the compatible system, so that its documented
 * selectors find the object, and exact values, which labels cannot always hold.
 */
import { z } from 'zod';
import type { Account } from '#domain/ports/engine.ts';
import { labelValue } from '#domain/names.ts';

/** For selectors. */
export function accessLabels(account: Account): Readonly<Record<string, string>> {
  return {
    access_userid: labelValue(account.userId),
    access_username: labelValue(account.displayName),
    access_provider: labelValue(account.provider),
    access_providertype: labelValue(account.provider),
  };
}

export function identityLabels(account: Account): Readonly<Record<string, string>> {
  return {
    'deskpod/user': account.userId,
    'deskpod/username': account.displayName,
    'deskpod/provider': account.provider,
    'deskpod/uid': String(account.uid),
    'deskpod/gid': String(account.gid),
  };
}

/** Reads {@link identityLabels}. */
export const Identity = z
  .object({
    'deskpod/user': z.string(),
    'deskpod/username': z.string(),
    'deskpod/provider': z.string(),
    'deskpod/uid': z.coerce.number().int().positive(),
    'deskpod/gid': z.coerce.number().int().positive(),
  })
  .transform((labels): Account => ({
    userId: labels['deskpod/user'],
    displayName: labels['deskpod/username'],
    provider: labels['deskpod/provider'],
    uid: labels['deskpod/uid'],
    gid: labels['deskpod/gid'],
  }));

/** Roles are labels with a meaning of their own; everybody is a `user`. */
import { Role } from '#protocol/user.ts';

/** The roles that these labels give, `user` always first. */
export function rolesOf(labels: readonly string[]): Role[] {
  return Role.options.filter((role) => role === 'user' || labels.includes(role));
}

/** The labels with those of the roles, each once. */
export function withRoles(labels: readonly string[], roles: readonly Role[]): string[] {
  return [...new Set<string>(['user', ...roles, ...labels])];
}

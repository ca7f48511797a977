/** What the user's roles allow in the pages; the server checks every request itself. */
import { session } from './store.ts';

/** Support staff and administrators see other people's launches, desktops and debug sessions. */
export function isSupport(): boolean {
  return session.value?.user.roles.some((role) => role === 'support' || role === 'admin') ?? false;
}

export function isAdmin(): boolean {
  return session.value?.user.roles.includes('admin') ?? false;
}

/** Settings that limit what one user, or all guests together, can use, and for how long; part of `settings.ts`. */
import { z } from 'zod';
import { FACTS } from './facts.ts';
import { Bytes, GivenLimits } from './kinds.ts';

/** 0: never. */
const IdleSeconds = z
  .int()
  .max(31_536_000)
  .refine((seconds) => seconds === 0 || seconds >= 300, 'is neither 0 nor at least 300');

export const IDLE_SETTINGS = {
  'desktop.idleSeconds': IdleSeconds.default(0).register(FACTS, {
    text: 'How long nobody may have a desktop open, in a page, a terminal or a screen, before it is ended with its running apps. The user gets a notice at the next login. A desktop whose files would be deleted with it is kept. 0: never.',
    read: 'number',
    type: 'seconds, 0 or 300 to 31536000',
    variable: 'DESKPOD_IDLE_SECONDS',
  }),
  'desktop.guestIdleSeconds': IdleSeconds.default(28_800).register(FACTS, {
    text: 'The same for desktops of guests, which are removed with their files. 0: when the session ends.',
    read: 'number',
    type: 'seconds, 0 or 300 to 31536000',
    variable: 'DESKPOD_GUEST_IDLE_SECONDS',
  }),
} as const;

export const LIMIT_SETTINGS = {
  'limits.desktop': GivenLimits.prefault({}).register(FACTS, {
    text: 'What all containers of a desktop can use together on one machine – the desktop, its apps inside and beside it, toolboxes – and the programs that watch over them: `memory`, `cpus`, `processes`. If you leave one out: three quarters of the machine’s memory, all processors, 8192 processes and threads. Desktops that need more processors than there are get equal shares. A change applies when the server starts, also to desktops that run. In a cluster, a ResourceQuota limits all users together.',
    read: 'json',
    type: 'limits',
  }),
  'limits.home': Bytes.prefault('20Gi').register(FACTS, {
    text: 'How large a home folder may be on one machine. Deskpod measures it, caches included, and tells users whose home is larger, and refuses uploads that don’t fit; it doesn’t stop programs in the desktop from writing. To enforce a size, put the homes on a file system with quotas. In a cluster, volumes have sizes of their own.',
    read: 'text',
    type: 'amount of memory',
    variable: 'DESKPOD_LIMITS_HOME',
  }),
  'limits.tmp': Bytes.prefault('512Mi').register(FACTS, {
    text: 'Size of `/tmp`, and of `/var/tmp`, in the desktop and in each app from Deskpod’s images on one machine. They are in memory and count toward the memory limits of the container and of the desktop. In a cluster: `kubernetes.pods.tmpSize`.',
    read: 'text',
    type: 'amount of memory',
    variable: 'DESKPOD_LIMITS_TMP',
  }),
  'limits.terminals': z.int().min(1).max(10_000).default(32).register(FACTS, {
    text: 'How many terminals one user can have open at the same time, at each server.',
    read: 'number',
    type: 'number, 1 to 10000',
    variable: 'DESKPOD_LIMITS_TERMINALS',
  }),
  'limits.streams': z.int().min(4).max(10_000).default(64).register(FACTS, {
    text: 'How many event streams one user can have open at the same time, at each server: each open page has one or two, each log that is followed has one.',
    read: 'number',
    type: 'number, 4 to 10000',
    variable: 'DESKPOD_LIMITS_STREAMS',
  }),
  'limits.screens': z.int().min(1).max(10_000).default(32).register(FACTS, {
    text: 'How many screens one user can have open at the same time, at each server.',
    read: 'number',
    type: 'number, 1 to 10000',
    variable: 'DESKPOD_LIMITS_SCREENS',
  }),
  'limits.upgradesPerMinute': z.int().min(10).max(100_000).default(240).register(FACTS, {
    text: 'How many terminals and screens one user can open per minute. For one address (IPv4) or network (IPv6, /64) that isn’t a trusted proxy or loopback, the limit is five times as high.',
    read: 'number',
    type: 'number, 10 to 100000',
    variable: 'DESKPOD_LIMITS_UPGRADES_PER_MINUTE',
  }),
  'limits.guests': z.int().min(1).max(100_000).default(200).register(FACTS, {
    text: 'How many guests can be logged in at the same time. A guest whose desktop isn’t removed yet counts, too.',
    read: 'number',
    type: 'number, 1 to 100000',
    variable: 'DESKPOD_LIMITS_GUESTS',
  }),
  'limits.guestsPerAddress': z.int().min(1).max(100_000).default(50).register(FACTS, {
    text: 'How many guests can be logged in from one address (IPv4) or network (IPv6, /64). Loopback and `auth.lockout.protectedNetworks` have no limit of their own.',
    read: 'number',
    type: 'number, 1 to 100000',
    variable: 'DESKPOD_LIMITS_GUESTS_PER_ADDRESS',
  }),
} as const;

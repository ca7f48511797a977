/**
 * Loaded into test files of real parts: each takes an installation that no other file uses, before its own modules are
 * loaded, and keeps it until its process ends. It starts without a database.
 */
import { lockOneOf } from './lock.ts';
import { environmentOf, placesOf, removeDatabase } from './places.ts';
import { needsFirst } from './sharing.ts';

const SLOTS = Number(process.env['DESKPOD_TEST_SLOTS'] ?? 1);
const WAIT_MS = 20 * 60_000;

const all = Array.from({ length: SLOTS }, (_, index) => placesOf(index + 1));
// The first is left to the files that need it, while another one is free.
const wanted = needsFirst(process.argv[1] ?? '') ? all.slice(0, 1) : all.toReversed();
const { name } = await lockOneOf(
  wanted.map(({ data }) => data),
  WAIT_MS,
);
const own = all.find(({ data }) => data === name) ?? placesOf(1);
await removeDatabase(own);
Object.assign(process.env, environmentOf(own));

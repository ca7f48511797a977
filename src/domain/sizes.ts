/** Sizes for people, in the units of the settings. */

/** 536870912 → `512 MiB`, 1610612736 → `1.5 GiB`. */
export function sizeOf(bytes: number): string {
  const [unit, factor] = bytes >= 1024 ** 3 ? ['GiB', 1024 ** 3] : ['MiB', 1024 ** 2];
  return `${Math.round((bytes / factor) * 10) / 10} ${unit}`;
}

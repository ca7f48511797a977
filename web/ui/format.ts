/** Formats numbers, sizes and times in the browser's language. No DOM: tests run it in Node. */

const bytesIn = { GB: 1024 ** 3, MB: 1024 ** 2, kB: 1024 } as const;

/** Binary sizes with the familiar names: 268435456 is `256 MB`. */
export function bytes(count: number, locale?: string): string {
  const unit = count >= bytesIn.GB ? 'GB' : count >= bytesIn.MB ? 'MB' : 'kB';
  const value = count / bytesIn[unit];
  const digits = unit === 'GB' && value < 10 ? 1 : 0;
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value)} ${unit}`;
}

/** Sizes with one decimal: 1677721 is `1.6 MiB`, 1048576 is `1 MiB`. */
export function size(count: number, locale?: string): string {
  const unit = count >= bytesIn.MB ? 'MiB' : 'KiB';
  const value = count / (unit === 'MiB' ? bytesIn.MB : bytesIn.kB);
  // Rounded up: a size above a limit must not look equal to it.
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(Math.ceil(value * 10) / 10)} ${unit}`;
}

/** Durations from milliseconds: `93 ms`, `1.9 s`, `2 min 5 s`, `3 h 7 min`. */
export function duration(ms: number, locale?: string): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000)
    return `${new Intl.NumberFormat(locale, { maximumFractionDigits: ms < 10_000 ? 1 : 0 }).format(ms / 1000)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1000)} s`;
  if (minutes < 60 * 48) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 60 / 24)} d ${Math.floor(minutes / 60) % 24} h`;
}

/** Bits per second: `940 Mbit/s`, `8.4 Mbit/s`, `1.2 Gbit/s`. */
export function bitRate(bitsPerSecond: number, locale?: string): string {
  const giga = bitsPerSecond >= 1e9;
  const value = bitsPerSecond / (giga ? 1e9 : 1e6);
  const maximumFractionDigits = value < 1 ? 2 : value < 100 ? 1 : 0;
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits }).format(value)} ${giga ? 'Gbit/s' : 'Mbit/s'}`;
}

/** Milliseconds with one decimal below 100: `3.4 ms`. */
export function milliseconds(ms: number, locale?: string): string {
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: ms < 100 ? 1 : 0 }).format(ms)} ms`;
}

/** A fraction of one CPU: 0.034 is `3 %`. */
export function percent(share: number, locale?: string): string {
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(share * 100)} %`;
}

export function count(value: number, locale?: string): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(value);
}

/** The time for today, the date for earlier days. */
export function moment(iso: string, now: Date, locale?: string): string {
  const at = new Date(iso);
  const today = at.toDateString() === now.toDateString();
  const shown = today
    ? ({ hour: '2-digit', minute: '2-digit' } as const)
    : ({ day: 'numeric', month: 'short' } as const);
  return new Intl.DateTimeFormat(locale, shown).format(at);
}

export function dateTime(iso: string, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(iso));
}

/** `14:36:02.114`, as in log lines; always in 24-hour format. */
export function logTime(iso: string): string {
  const at = new Date(iso);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

/** Formats numbers, sizes and times in the language of the page. No DOM: tests run it in Node. */
import { locale as shown } from './locale.ts';

const bytesIn = { GB: 1024 ** 3, MB: 1024 ** 2, kB: 1024 } as const;
const UNITS = { GB: 'gigabyte', MB: 'megabyte', kB: 'kilobyte' } as const;

type Display = Intl.NumberFormatOptions['unitDisplay'];

function withUnit(value: number, unit: string, locale: string, digits = 0, unitDisplay: Display = 'short'): string {
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay, maximumFractionDigits: digits }).format(
    value,
  );
}

/** Binary sizes with the familiar names: 268435456 is `256 MB`. */
export function bytes(count: number, locale = shown.value): string {
  const unit = count >= bytesIn.GB ? 'GB' : count >= bytesIn.MB ? 'MB' : 'kB';
  const value = count / bytesIn[unit];
  return withUnit(value, UNITS[unit], locale, unit === 'GB' && value < 10 ? 1 : 0);
}

/** `1 byte`, `512 bytes`. */
export function fewBytes(count: number, locale = shown.value): string {
  return withUnit(count, 'byte', locale, 0, 'long');
}

/** Sizes with one decimal: 1677721 is `1.6 MiB`, 1048576 is `1 MiB`. */
export function size(count: number, locale = shown.value): string {
  const unit = count >= bytesIn.MB ? 'MiB' : 'KiB';
  const value = count / (unit === 'MiB' ? bytesIn.MB : bytesIn.kB);
  // Rounded up: a size above a limit must not look equal to it.
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(Math.ceil(value * 10) / 10)} ${unit}`;
}

/** Durations from milliseconds, in English: `93 ms`, `1.9s`, `2m 5s`, `3h 7m`. */
export function duration(ms: number, locale = shown.value): string {
  // The short forms of English are long: `3 hr 7 min`.
  const display = locale.startsWith('en') ? 'narrow' : 'short';
  const part = (value: number, unit: string, digits = 0) => withUnit(value, unit, locale, digits, display);
  if (ms < 1000) return withUnit(Math.round(ms), 'millisecond', locale);
  if (ms < 60_000) return part(ms / 1000, 'second', ms < 10_000 ? 1 : 0);
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${part(minutes, 'minute')} ${part(Math.floor((ms % 60_000) / 1000), 'second')}`;
  if (minutes < 60 * 48) return `${part(Math.floor(minutes / 60), 'hour')} ${part(minutes % 60, 'minute')}`;
  return `${part(Math.floor(minutes / 60 / 24), 'day')} ${part(Math.floor(minutes / 60) % 24, 'hour')}`;
}

/** `42 min` */
export function minutes(whole: number, locale = shown.value): string {
  return withUnit(whole, 'minute', locale);
}

/** Bits per second: `940 Mbit/s`, `8.4 Mbit/s`, `1.2 Gbit/s`. */
export function bitRate(bitsPerSecond: number, locale = shown.value): string {
  const giga = bitsPerSecond >= 1e9;
  const value = bitsPerSecond / (giga ? 1e9 : 1e6);
  const maximumFractionDigits = value < 1 ? 2 : value < 100 ? 1 : 0;
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits }).format(value)} ${giga ? 'Gbit/s' : 'Mbit/s'}`;
}

/** Milliseconds with one decimal below 100: `3.4 ms`. */
export function milliseconds(ms: number, locale = shown.value): string {
  return withUnit(ms, 'millisecond', locale, ms < 100 ? 1 : 0);
}

/** A fraction of one CPU: 0.034 is `3%`. */
export function percent(share: number, locale = shown.value): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(share);
}

export function count(value: number, locale = shown.value): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(value);
}

/** Between names that aren't part of a sentence; `Intl.ListFormat` adds a word or leaves out the comma in these. */
const COMMAS: Readonly<Record<string, string>> = { ja: '、', ar: '، ' };

/** Names one after another: `user, support`. */
export function enumerated(names: readonly string[], locale = shown.value): string {
  return names.join(COMMAS[new Intl.Locale(locale).language] ?? ', ');
}

/** Hours and minutes. */
export function timeOfDay(at: Date, locale = shown.value): string {
  return new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(at);
}

/** The time for today, the date for earlier days. */
export function moment(iso: string, now: Date, locale = shown.value): string {
  const at = new Date(iso);
  if (at.toDateString() === now.toDateString()) return timeOfDay(at, locale);
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' }).format(at);
}

/** The time for today, the date for other days, with the year if it's another one. */
export function shortDate(iso: string, now: Date, locale = shown.value): string {
  const at = new Date(iso);
  if (at.getFullYear() === now.getFullYear()) return moment(iso, now, locale);
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(at);
}

export function dateTime(iso: string, locale = shown.value): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(iso));
}

/** `14:36:02.114`, as in log lines; always in 24-hour format. */
export function logTime(iso: string): string {
  const at = new Date(iso);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

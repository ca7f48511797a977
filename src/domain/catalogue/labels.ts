/**
 * The values inside `oc.*` labels. All are strings by contract, some hold JSON that is broken in published images: those
 * fall back and leave a warning. Access rules fall back to no user, never to all users.
 */
import { Limits, PodSettings, SeccompProfile } from '../../protocol/app.ts';
import { Acl } from '../../protocol/manager.ts';
import { parseJson } from '#protocol/json.ts';

/** Reads labels one by one; remembers what was wrong with them. */
export class LabelReader {
  readonly warnings: { readonly label: string; readonly message: string }[] = [];
  readonly errors: { readonly label: string; readonly message: string }[] = [];
  readonly #labels: Readonly<Record<string, unknown>>;

  constructor(labels: Readonly<Record<string, unknown>>) {
    this.#labels = labels;
  }

  /** Null when the label is absent or blank. */
  text(label: string): string | null {
    const value = Object.hasOwn(this.#labels, label) ? this.#labels[label] : null;
    if (value === undefined || value === null) return null;
    if (typeof value === 'string') return value.trim() === '' ? null : value;
    this.errors.push({ label, message: `must be a string, not ${Array.isArray(value) ? 'array' : typeof value}` });
    return null;
  }

  mandatory(label: string, fallback: string | null = null): string {
    const before = this.errors.length;
    const value = this.text(label) ?? fallback;
    if (value === null && this.errors.length === before) this.errors.push({ label, message: 'is missing or empty' });
    return value ?? '';
  }

  /** `a;b;c` → three strings; empty parts are dropped. */
  semicolons(label: string): string[] {
    return splitList(this.text(label), ';');
  }

  /** A JSON object; `{}` with a warning when it cannot be read. */
  object(label: string): Record<string, unknown> {
    const value = this.#json(label, {});
    if (isObject(value)) return value;
    this.#warn(label, 'is not a JSON object; {} is used');
    return {};
  }

  /** What the app asks of its pod; nothing, with a warning, when it cannot be read. */
  pod(label: string): PodSettings {
    const text = this.text(label);
    const parsed = PodSettings.strict().safeParse(text === null ? {} : parseJson(text));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    this.#warn(
      label,
      `cannot be used (${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'wrong form'}); it is left out`,
    );
    return {};
  }

  /** What the app may use; nothing, with a warning, when it cannot be read. */
  limits(label: string): Limits {
    const text = this.text(label);
    const parsed = Limits.strict().safeParse(text === null ? {} : parseJson(text));
    if (parsed.success) return parsed.data;
    this.#warn(label, 'is not an object of limits like {"memoryBytes":2147483648,"cpus":2}; it is left out');
    return {};
  }

  /** The default, with a warning, for a profile that this server doesn't know. */
  seccomp(label: string): SeccompProfile | null {
    const text = this.text(label);
    const parsed = SeccompProfile.nullable().safeParse(text?.trim() ?? null);
    if (parsed.success) return parsed.data;
    this.#warn(
      label,
      `is not a profile of this server (${SeccompProfile.options.join(', ')}); the engine’s default is used`,
    );
    return null;
  }

  boolean(label: string): boolean {
    const text = this.text(label)?.trim().toLowerCase();
    if (text === undefined || text === 'false') return false;
    if (text === 'true') return true;
    this.#warn(label, 'is neither true nor false; false is used');
    return false;
  }

  /** Without a rule, all users have access. An unreadable rule permits no user: a typing error must not open an app to all. */
  acl(label: string): Acl {
    const text = this.text(label);
    if (text === null) return { permit: ['all'] };
    const parsed = Acl.safeParse(listsOf(parseJson(text)));
    if (parsed.success) return parsed.data;
    this.#warn(label, 'is not an access rule like {"permit":["all"]}; no user can use this app until it is corrected');
    return { permit: [] };
  }

  /** A JSON array or a single name; each gets the namespace in front unless it has one. */
  secrets(label: string, namespace: string): string[] | null {
    const text = this.text(label);
    if (text === null) return null;
    const parsed = parseJson(text);
    const names = Array.isArray(parsed) ? parsed : [typeof parsed === 'string' ? parsed : text];
    const strings = names.filter((name) => typeof name === 'string');
    if (strings.length < names.length) this.#warn(label, 'holds something that is not a string; that part is left out');
    return strings.map((name) => (name.includes('/') ? name : `${namespace}/${name}`));
  }

  /** Standard base64; null with a warning when it is not. */
  base64(label: string): string | null {
    const text = this.text(label)?.replaceAll(/\s/g, '') ?? null;
    if (text === null || /^[A-Za-z0-9+/]*={0,2}$/.test(text)) return text;
    this.#warn(label, 'is not base64; the app gets no icon');
    return null;
  }

  #json(label: string, absent: unknown): unknown {
    const text = this.text(label);
    return text === null ? absent : parseJson(text);
  }

  #warn(label: string, message: string): void {
    this.warnings.push({ label, message });
  }
}

/** `a, b,,c` → `a`, `b`, `c`. */
export function splitList(text: string | null, separator: string): string[] {
  return (text ?? '')
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `{"permit":"all"}` is written for `{"permit":["all"]}` now and then, and means the same. */
function listsOf(value: unknown): unknown {
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, typeof one === 'string' ? [one] : one]);
  return Object.fromEntries(entries);
}

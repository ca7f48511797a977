/** The shell's icons (lucide), as inline SVG elements; decorative, so hidden from screen readers. */
import { h } from 'preact';

type IconNode = readonly (readonly [tag: string, attributes: Record<string, string | number | undefined>])[];

interface Props {
  readonly of: IconNode;
  readonly size?: number;
  /** Whether it points along the line of text, so that it is mirrored in right-to-left languages. */
  readonly directed?: boolean;
}

export function Icon({ of, size = 16, directed = false }: Props) {
  return (
    <svg
      class={directed ? 'directed' : undefined}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {of.map(([tag, attributes], at) => h(tag, { ...attributes, key: at }))}
    </svg>
  );
}

export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg
      class="mark"
      width={size}
      height={size}
      viewBox="0 0 28 28"
      aria-hidden="true"
      style={{ width: `${size}px`, height: `${size}px` }}
    >
      <rect x="0" y="0" width="12.5" height="12.5" rx="4" fill="var(--accent)" />
      <rect x="15.5" y="0" width="12.5" height="12.5" rx="4" fill="var(--accent-2)" />
      <rect x="0" y="15.5" width="12.5" height="12.5" rx="4" fill="var(--accent-3)" />
      <rect x="15.5" y="15.5" width="12.5" height="12.5" rx="4" fill="var(--accent-4)" />
    </svg>
  );
}

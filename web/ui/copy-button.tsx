/** Copies a text to this computer's clipboard and confirms it. */
import { Check, Copy } from 'lucide';
import { useState } from 'preact/hooks';
import { Icon } from './icon.tsx';
import { t } from './strings/catalogue.ts';

interface Props {
  readonly text: string;
  /** Resolves to whether the text was copied. */
  readonly copy: (text: string) => Promise<boolean>;
  readonly label: string;
  /** With a text next to the icon. */
  readonly wide?: boolean;
  readonly test?: string;
}

export function CopyButton({ text, copy, label, wide = false, test }: Props) {
  const [copied, setCopied] = useState<string | null>(null);
  const copyNow = async () => {
    if (await copy(text)) setCopied(text);
  };
  const done = copied === text;
  return (
    <>
      <button
        type="button"
        class={wide ? 'quiet' : 'quiet icon'}
        title={done ? t.copied : label}
        aria-label={label}
        onClick={() => void copyNow()}
        data-test={test}
      >
        <Icon of={done ? Check : Copy} size={14} /> {wide && (done ? t.copied : t.copy)}
      </button>
      <span role="status" class="hidden-text">
        {done ? t.copied : ''}
      </span>
    </>
  );
}

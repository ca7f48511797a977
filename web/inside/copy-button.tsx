/** Puts a text into the clipboard of this computer, and says that it did. */
import { Check, Copy } from 'lucide';
import { useState } from 'preact/hooks';
import { attempt } from '../state/notices.ts';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';

interface Props {
  readonly text: string;
  readonly label: string;
  /** With the word beside the picture. */
  readonly wide?: boolean;
  readonly test?: string;
}

export function CopyButton({ text, label, wide = false, test }: Props) {
  const [copied, setCopied] = useState<string | null>(null);
  const copy = async () => {
    if (await attempt(() => navigator.clipboard.writeText(text))) setCopied(text);
  };
  const done = copied === text;
  return (
    <>
      <button
        type="button"
        class={wide ? 'quiet' : 'quiet icon'}
        title={done ? t.copied : label}
        aria-label={label}
        onClick={() => void copy()}
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

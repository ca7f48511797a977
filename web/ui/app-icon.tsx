/** An app's icon from the catalogue, or a generated letter tile if it has none or it doesn't load. */
import { useState } from 'preact/hooks';
import { serverUrl } from './server-url.ts';
import './app-icon.css';

/** The same name always gets the same of 12 hues. */
export function hueOf(name: string): number {
  let sum = 7;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return (sum % 12) * 30;
}

export function AppIcon({ name, url, size = 44 }: { name: string; url: string | null; size?: number }) {
  const [broken, setBroken] = useState<string | null>(null);
  const box = { width: `${size}px`, height: `${size}px` };
  if (url !== null && broken !== url)
    return (
      <img
        class="app-icon"
        src={serverUrl(url).href}
        alt=""
        style={box}
        draggable={false}
        onError={() => setBroken(url)}
      />
    );
  const letters = /^\d+/.exec(name)?.[0].slice(0, 4) ?? Array.from(name.trim()).slice(0, 2).join('');
  const style = {
    ...box,
    fontSize: `${Math.round(size * (letters.length > 2 ? 0.29 : 0.38))}px`,
    '--hue': hueOf(name),
  };
  return <span class="app-icon tile" style={style} aria-hidden="true" data-letters={letters} />;
}

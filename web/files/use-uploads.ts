/** Uploads belong to a user: those of an earlier page are listed at login, all stop at logout. */
import { useEffect } from 'preact/hooks';
import { forgetFiles } from './panel.ts';
import { noteInput, restoreUploads, stopUploads } from './uploads.ts';

const INPUT = ['keydown', 'pointerdown', 'wheel'] as const;

export function useUploads(): void {
  useEffect(() => {
    restoreUploads();
    for (const type of INPUT) window.addEventListener(type, noteInput, { capture: true, passive: true });
    return () => {
      for (const type of INPUT) window.removeEventListener(type, noteInput, { capture: true });
      stopUploads();
      forgetFiles();
    };
  }, []);
}

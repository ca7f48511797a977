/** Uploads belong to a user: those of an earlier page are listed at login, all stop at logout. */
import { useEffect } from 'preact/hooks';
import { forgetFiles } from './panel.ts';
import { restoreUploads, stopUploads } from './uploads.ts';

export function useUploads(): void {
  useEffect(() => {
    restoreUploads();
    return () => {
      stopUploads();
      forgetFiles();
    };
  }, []);
}

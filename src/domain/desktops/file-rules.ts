/** What users may transfer between their computer and their home folder. */
export interface FileRules {
  readonly upload: boolean;
  readonly download: boolean;
  /** Whether file managers of other computers may open homes at `/dav/`. */
  readonly webdav: boolean;
  /** Of one file; null: no limit. */
  readonly maxUploadBytes: number | null;
  /** Of one file or archive; null: no limit. */
  readonly maxDownloadBytes: number | null;
}

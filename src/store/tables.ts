/**
 * The tables as SQL knows them. Times are ISO 8601 text (they sort), structures are JSON text: both mean the same in
 * SQLite and PostgreSQL, so that one set of queries serves both.
 */
export interface Tables {
  users: {
    id: string;
    name: string;
    password_hash: string;
    labels: string;
    uid: number;
    gid: number;
    created_at: string;
    /** 1 or 0. */
    disabled: number;
  };
  accounts: { user_id: string; uid: number };
  apps: { id: string; document: string };
  app_defaults: { app_id: string; defaults: string };
  launches: LaunchRow;
  traces: {
    desktop_id: string;
    user_id: string;
    kind: string;
    started_at: string;
    total_ms: number;
    /** 1 when no step failed: only those count for the usual duration of a start. */
    complete: number;
    trace: string;
  };
  preferences: { user_id: string; preferences: string };
  logins: {
    user_id: string;
    session_id: string;
    at: string;
    address: string;
    user_agent: string;
    /** Rows of older servers lack these. */
    provider: string | null;
    login: string | null;
    ends_at: string | null;
  };
  access_tokens: {
    id: string;
    user_id: string;
    name: string;
    hash: string;
    identity: string;
    login: string | null;
    created_at: string;
    used_at: string | null;
    expires_at: string | null;
  };
  server_values: { key: string; value: string };
  debug_sessions: {
    id: string;
    /** The owner of the desktop, and the person who debugs. */
    user_id: string;
    by_id: string;
    desktop_id: string;
    asked_at: string;
    ended_at: string | null;
    seen: number;
    transcript_bytes: number;
    document: string;
  };
  /** Pieces of recordings; `position` is the size of the recording up to the end of the piece. */
  debug_transcripts: { session_id: string; position: number; chunk: string };
  /** Milliseconds since 1970, by the database's clock. */
  replicas: { name: string; seen_ms: number };
}

export interface LaunchRow {
  id: string;
  user_id: string;
  desktop_id: string;
  app_id: string;
  app_name: string;
  runtime: string;
  image: string;
  image_digest: string | null;
  args: string;
  env: string;
  environment: string;
  limits: string;
  started_at: string;
  window_ms: number | null;
  server: string | null;
  stopped_by: string | null;
  copy_of: string | null;
  public_env: string;
  /** 1: the kernel killed one of its processes for lack of memory. */
  memory_kill: number;
  /** 1: its user hasn't seen yet how it ended. */
  unread: number;
  finished_at: string | null;
  exit_code: number | null;
  reason: string | null;
  message: string | null;
  log: string | null;
}

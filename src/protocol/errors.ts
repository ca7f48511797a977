/** Every way a request can fail, as a closed list, with its HTTP status: clients switch on the code, people read the message. */
import { z } from 'zod';

export const ErrorCode = z.enum([
  'invalid_request',
  'not_authenticated',
  'login_refused',
  'too_many_attempts',
  'forbidden',
  'not_found',
  'conflict',
  'desktop_missing',
  'app_unavailable',
  'runtime_refused',
  /** The desktop's pod can't hold another container. */
  'limit_reached',
  /** As many launches, connections or sessions of this kind are open as the user, or all guests, can have. */
  'too_many_open',
  'name_taken',
  /** Another program has locked the file. */
  'locked',
  /** The image has no program of this name, for example no shell. */
  'no_such_program',
  /** The file exists but isn't a program, or isn't executable. */
  'not_executable',
  /** The engine doesn't allow this profile for the target. */
  'profile_refused',
  'engine_unavailable',
  /** The desktop doesn't have the service (files, sound, printer, video), or it doesn't start. */
  'service_unavailable',
  'directory_unavailable',
  'store_unavailable',
  'timeout',
  'unsupported_media_type',
  /** The server isn't known by the host name of this request. */
  'misdirected_request',
  'payload_too_large',
  'internal_error',
]);
export type ErrorCode = z.infer<typeof ErrorCode>;

/** The status of each code, whether an API route, an upgrade or the gateway's proxy answers. */
export const ERROR_STATUS: Readonly<Record<ErrorCode, number>> = {
  invalid_request: 400,
  not_authenticated: 401,
  login_refused: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  // The state that the request needs doesn't exist yet, or any longer; what it addresses does.
  desktop_missing: 409,
  app_unavailable: 409,
  limit_reached: 409,
  name_taken: 409,
  locked: 423,
  payload_too_large: 413,
  unsupported_media_type: 415,
  misdirected_request: 421,
  runtime_refused: 422,
  no_such_program: 422,
  not_executable: 422,
  profile_refused: 422,
  too_many_attempts: 429,
  too_many_open: 429,
  internal_error: 500,
  engine_unavailable: 503,
  service_unavailable: 503,
  directory_unavailable: 503,
  store_unavailable: 503,
  timeout: 504,
};

/** `Retry-After` of every 503, and of an upgrade that is refused with 429. */
export const RETRY_AFTER_SECONDS = 2;

/** The body of every failed `/api/v1` request. */
export const ErrorBody = z.object({
  error: z.object({
    code: ErrorCode,
    /** What happened, in one sentence for people. */
    message: z.string(),
    /** The part of the request that is wrong, as a dotted path such as `env.DISPLAY`. */
    field: z.string().optional(),
    /** How to fix it, in one sentence. */
    remedy: z.string().optional(),
  }),
});
export type ErrorBody = z.infer<typeof ErrorBody>;

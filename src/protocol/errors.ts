/** Every way a request can fail, as a closed list: clients switch on the code, people read the message. */
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
  'limit_reached',
  'name_taken',
  /** The image has no program of this name, such as a shell. */
  'no_such_program',
  /** The engine does not admit these rights where the target runs. */
  'profile_refused',
  'engine_unavailable',
  'directory_unavailable',
  'store_unavailable',
  'timeout',
  'unsupported_media_type',
  'payload_too_large',
  'internal_error',
]);
export type ErrorCode = z.infer<typeof ErrorCode>;

/** The body of every failed `/api/v1` request. */
export const ErrorBody = z.object({
  error: z.object({
    code: ErrorCode,
    /** One sentence for people: what happened. */
    message: z.string(),
    /** Where in the request: a dotted path such as `env.DISPLAY`. */
    field: z.string().optional(),
    /** How to mend it, in one sentence. */
    remedy: z.string().optional(),
  }),
});
export type ErrorBody = z.infer<typeof ErrorBody>;

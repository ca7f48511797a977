/** A value from the server while it loads, after it failed, or loaded. */
export type Remote<Value> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly error: unknown }
  | { readonly state: 'loaded'; readonly value: Value };

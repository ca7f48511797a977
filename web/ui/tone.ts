/** Colours of a status pill, from good to bad; the text says the same. */
export type Tone = 'ok' | 'accent' | 'warn' | 'bad' | '';

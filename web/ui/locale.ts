/** The locale for numbers, sizes, dates and times: the page's language, as written in the user's region. */
import { signal } from '@preact/signals';

export const locale = signal('en');

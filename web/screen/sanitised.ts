/**
 * Formatted text from a desktop, for this computer's clipboard. Browsers sanitise it, too, but not all of them alike, and
 * where it is pasted may be less careful.
 */

/** Tags that don't format text, beyond the scripts and frames that the library removes by itself. */
const REMOVED = ['style', 'form', 'input', 'button', 'textarea', 'select', 'option', 'dialog', 'audio', 'video'];

/** Loads the library on first use. */
export async function sanitised(html: string): Promise<string> {
  const { default: purify } = await import('dompurify');
  return purify.sanitize(html, { USE_PROFILES: { html: true }, FORBID_TAGS: REMOVED, ALLOW_DATA_ATTR: false });
}

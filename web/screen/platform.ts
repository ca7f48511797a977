/** The kind of keyboard of this computer. */

/** Macs and iPads with a keyboard, where Command takes the role of Ctrl. */
export function isMac(): boolean {
  return /mac|iphone|ipad|ipod/i.test(navigator.platform) || navigator.userAgent.includes('Macintosh');
}

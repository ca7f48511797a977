/** The kind of pointer this device has. */

/** True on touch devices, where hints mention taps instead of keys. */
export function isTouch(): boolean {
  return matchMedia('(pointer: coarse)').matches;
}

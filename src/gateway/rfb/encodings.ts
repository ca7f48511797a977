/** Numbers of encodings and pseudo-encodings, from the registry in the RFB protocol's community specification. */
export const ENCODING = {
  raw: 0,
  copyRect: 1,
  tight: 7,
  zrle: 16,
  desktopSize: -223,
  lastRect: -224,
  cursor: -239,
  xCursor: -240,
  qemuExtendedKey: -258,
  qemuLedState: -261,
  desktopName: -307,
  extendedDesktopSize: -308,
  fence: -312,
  continuousUpdates: -313,
  cursorWithAlpha: -314,
  extendedMouseButtons: -316,
  extendedClipboard: -1063131698,
  vmwareCursor: 0x574d5664,
  vmwareCursorPosition: 0x574d5666,
  vmwareLedState: 0x574d5668,
} as const;

/** JPEG quality 0 is this, quality 9 the last one. A list without any asks for no JPEG. */
export const QUALITY_0 = -32;
export const QUALITY_9 = -23;
export const COMPRESSION_0 = -256;
export const COMPRESSION_9 = -247;

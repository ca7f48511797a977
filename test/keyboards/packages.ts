/** Debian packages that say what keyboard layouts mean. */
export const KEYBOARD_PACKAGES = ['libx11-data', 'libxkbcommon-tools', 'x11proto-dev', 'xkb-data'];

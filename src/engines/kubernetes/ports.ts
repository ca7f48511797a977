/** The services of a desktop pod: their containers and the TCP ports on which they are reached. */

export type ServiceName = 'graphical' | 'files' | 'sound' | 'printer';

export const PORTS: Readonly<Record<ServiceName | 'display', number>> = {
  /** RFB */
  graphical: 5900,
  /** X11, when other pods may connect */
  display: 6000,
  /** WebDAV */
  files: 29_783,
  /** PulseAudio */
  sound: 4713,
  /** IPP; below 1024 only root could listen. */
  printer: 6310,
};

/** Names by which the compatible system's programs find a service: a letter in front. */
export const CONTAINERS: Readonly<Record<ServiceName, string>> = {
  graphical: 'x-graphical',
  files: 'f-files',
  sound: 's-sound',
  printer: 'c-printer',
};

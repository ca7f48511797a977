/** The services of a desktop pod: their containers and TCP ports. */
import type { ServiceName } from '#domain/ports/engine.ts';

export type DesktopContainer = 'graphical' | ServiceName;

export const PORTS: Readonly<Record<DesktopContainer | 'display', number>> = {
  /** RFB */
  graphical: 5900,
  /** X11, when other pods may connect */
  display: 6000,
  /** WebDAV */
  files: 29_783,
  /** PulseAudio */
  sound: 4713,
  /** IPP. Only root could listen below 1024. */
  printer: 6310,
  /** An encoder for each connection */
  video: 29_784,
};

/** Container names under which programs of the compatible system find a service: with a letter in front. */
export const CONTAINERS: Readonly<Record<DesktopContainer, string>> = {
  graphical: 'x-graphical',
  files: 'f-files',
  sound: 's-sound',
  printer: 'c-printer',
  video: 'v-video',
};

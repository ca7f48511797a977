/** The way to the X server: not listening, not answering, not letting in, gone. */
import { inTheDesktop, textOf } from './failure.ts';
import type { Failure, HintRule } from './failure.ts';

const NOT_ALLOWED =
  /Authorization required, but no authorization protocol|Invalid MIT-MAGIC-COOKIE|No protocol specified/i;
const COULD_NOT_CONNECT = /could not connect to display ?(\S*)/i;
const CANNOT_OPEN =
  /(?:can(?:no|')t|unable to|failed to|could not) open (?:X )?display:? *([^\s"']*:[\d.]+)?|Missing X server or \$DISPLAY/i;
const REFUSED =
  /Could not connect: Connection refused|X11?.{0,40}connection (?:rejected|refused)|:6\d{3}.{0,40}Connection refused/i;
const LOST =
  /X connection to \S+ broken|(?:lost|broken) connection to (?:the )?X server|X11 connection (?:broke|lost)|X IO error|Error reading events from display|connection to the X server was lost|Lost connection to Wayland|fatal IO error \d+/i;

function noDisplay(failure: Failure, title: string, display: string | undefined) {
  const shown = display ? ` (${display})` : '';
  const explanation =
    failure.runtime === 'pod_application'
      ? `No X server answered${shown}. A pod reaches the desktop over TCP, port 6000, and the desktop listens there only if an administrator has set 'X11LISTEN': 'tcp' in desktop.envlocal of od.config (netstat -anp in the web shell then shows Xvnc on port 6000). The setting counts for desktops made after it. In the desktop an app needs no TCP.`
      : `No X server answered${shown}. Either the desktop’s display ended, or the app was started with another DISPLAY than :0.`;
  return { title, explanation, remedies: inTheDesktop(failure) };
}

export const DISPLAY: readonly HintRule[] = [
  {
    id: 'display-authorization',
    recognise: (failure) =>
      NOT_ALLOWED.test(textOf(failure))
        ? {
            title: 'The display did not let the app in',
            explanation:
              'The X server asks for a cookie that this app did not bring or brought wrong: its Xauthority file is missing or stale, or HOME, USER or XAUTHORITY was changed. Run it again without changed variables.',
            remedies: [{ label: 'Run again', env: {} }, ...inTheDesktop(failure)],
          }
        : null,
  },
  {
    id: 'could-not-connect-to-display',
    recognise: (failure) => {
      const match = COULD_NOT_CONNECT.exec(textOf(failure));
      return match && noDisplay(failure, 'Qt could not connect to the display', match[1]);
    },
  },
  {
    id: 'display-refused',
    recognise: (failure) =>
      REFUSED.test(textOf(failure)) ? noDisplay(failure, 'The X server refused the connection', undefined) : null,
  },
  {
    id: 'cannot-open-display',
    recognise: (failure) => {
      const text = textOf(failure);
      const match = COULD_NOT_CONNECT.test(text) || REFUSED.test(text) ? null : CANNOT_OPEN.exec(text);
      return match && noDisplay(failure, 'The app could not open the display', match[1]);
    },
  },
  {
    id: 'display-lost',
    recognise: (failure) =>
      LOST.test(textOf(failure))
        ? {
            title: 'The display went away',
            explanation:
              'The X server ended or closed this connection while the app was running: the desktop was restarted, or another program closed the window’s connection. The app itself did nothing wrong.',
            remedies: [{ label: 'Run again', env: {} }],
          }
        : null,
  },
];

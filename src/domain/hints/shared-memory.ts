/** MIT-SHM: programs that hand pictures to the X server through memory they believe both share. */
import type { Remedy } from '../../protocol/launch.ts';
import { inTheDesktop, textOf } from './failure.ts';
import type { Failure, HintRule } from './failure.ts';

/** Xlib and GDK print the error's name first and the extension it came from within the next few lines. */
const X_ERROR = /\b(Bad(?:Access|Request|Value|Match|Alloc|ShmSeg))\b(?:(?!\bBad[A-Z])[\s\S]){0,400}?\(MIT-SHM\)/;
const BARE_SEGMENT = /\b(BadShmSeg)\b/;
const MESA = /Failed to attach to x11 shm|XShmAttach.{0,40}failed|failed to attach.{0,20}shm/i;

const QT: Remedy = {
  label: 'Run again with Qt’s shared memory off',
  env: { QT_X11_NO_MITSHM: '1', QT_XCB_NO_MITSHM: '1', QT_QUICK_BACKEND: 'software' },
};
const GTK4: Remedy = { label: 'Run again with GTK drawing by itself', env: { GSK_RENDERER: 'cairo' } };

/** The variables of the toolkit the log speaks of; Qt's where it speaks of none, which other toolkits ignore. */
function withoutSharedMemory(text: string): Remedy[] {
  if (/\bqt\.|\bQt[A-Z ]|libQt|QXcb/.test(text)) return [QT];
  return /Gdk|Gtk|GSK|Gsk/.test(text) ? [GTK4] : [QT];
}

function explain(failure: Failure, error: string): string {
  if (failure.runtime === 'ephemeral_container') {
    return `The X server refused shared memory (MIT-SHM, ${error}), although this app shares memory with the desktop. Most often the memory is full or the app runs as another user.`;
  }
  return `As a pod it has an IPC namespace of its own, perhaps on another node, so the X server could not share memory with it (MIT-SHM, ${error}), and it has no other way to draw. In the desktop it shares the server’s memory.`;
}

export const SHARED_MEMORY: readonly HintRule[] = [
  {
    id: 'mit-shm',
    recognise: (failure) => {
      const text = textOf(failure);
      const error = X_ERROR.exec(text)?.[1] ?? BARE_SEGMENT.exec(text)?.[1];
      if (error === undefined) return null;
      return {
        title: 'The app needs memory shared with the X server',
        explanation: explain(failure, error),
        remedies: [...inTheDesktop(failure), ...withoutSharedMemory(text)],
      };
    },
  },
  {
    id: 'mesa-shm',
    recognise: (failure) => {
      const text = textOf(failure);
      if (!MESA.test(text)) return null;
      return {
        title: 'The app’s window stays black',
        explanation:
          'Mesa could not attach its shared memory to the X server and draws nothing, while the app goes on. ' +
          'Sharing the desktop’s memory helps, or drawing without OpenGL: GSK_RENDERER=cairo for GTK 4, QT_QUICK_BACKEND=software for Qt Quick.',
        remedies: [...inTheDesktop(failure), GTK4, QT],
      };
    },
  },
];

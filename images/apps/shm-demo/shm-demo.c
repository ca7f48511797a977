/*
 * Draws moving light with MIT-SHM: the picture is in a System V segment that the X server reads, so both must be in one
 * IPC namespace. It neither probes nor falls back. Anywhere else the server's answer to the request reaches Xlib's own
 * error handler, which prints it and exits with 1.
 */
#define _DEFAULT_SOURCE
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XShm.h>
#include <math.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/shm.h>

enum { WIDTH = 480, HEIGHT = 320, FRAME_MS = 33 };

static XShmSegmentInfo segment = {.shmid = -1};

/* Also runs when Xlib's error handler exits: no segment outlives its program. */
static void free_segment(void) {
  if (segment.shmid >= 0) shmctl(segment.shmid, IPC_RMID, NULL);
}

static void paint(XImage *image, double time) {
  for (int y = 0; y < HEIGHT; y++) {
    uint32_t *row = (uint32_t *)(void *)(image->data + (size_t)y * (size_t)image->bytes_per_line);
    for (int x = 0; x < WIDTH; x++) {
      double u = x / 90.0, v = y / 90.0;
      double wave = sin(u + time) + sin(v - time * 0.7) + sin((u + v + time) * 0.6) + sin(hypot(u - 2.6, v - 1.8) * 1.7 - time * 1.3);
      double glow = wave / 8 + 0.5;
      uint32_t red = (uint32_t)(30 + 130 * glow * glow), green = (uint32_t)(34 + 110 * (1 - glow)), blue = (uint32_t)(70 + 150 * glow);
      row[x] = red << 16 | green << 8 | blue;
    }
  }
}

int main(void) {
  Display *display = XOpenDisplay(NULL);
  if (!display) {
    fprintf(stderr, "shm-demo: cannot open display %s\n", XDisplayName(NULL));
    return 1;
  }
  int screen = DefaultScreen(display);
  Window window = XCreateSimpleWindow(display, RootWindow(display, screen), 0, 0, WIDTH, HEIGHT, 0, 0, 0);
  XSizeHints fixed = {.flags = PMinSize | PMaxSize, .min_width = WIDTH, .max_width = WIDTH, .min_height = HEIGHT, .max_height = HEIGHT};
  XClassHint class = {.res_name = "shm-demo", .res_class = "ShmDemo"};
  Xutf8SetWMProperties(display, window, "Shared-memory demo", "Shared-memory demo", NULL, 0, &fixed, NULL, &class);
  Atom protocols = XInternAtom(display, "WM_PROTOCOLS", False), delete_window = XInternAtom(display, "WM_DELETE_WINDOW", False);
  XSetWMProtocols(display, window, &delete_window, 1);
  XSelectInput(display, window, ExposureMask);

  XImage *image = XShmCreateImage(display, DefaultVisual(display, screen), (unsigned)DefaultDepth(display, screen), ZPixmap, NULL, &segment, WIDTH, HEIGHT);
  segment.shmid = shmget(IPC_PRIVATE, (size_t)image->bytes_per_line * HEIGHT, IPC_CREAT | 0600);
  atexit(free_segment);
  segment.shmaddr = image->data = segment.shmid < 0 ? (char *)-1 : shmat(segment.shmid, NULL, 0);
  if (segment.shmaddr == (char *)-1) {
    perror("shm-demo: shared memory");
    return 1;
  }
  segment.readOnly = True;
  printf("shm-demo: drawing %dx%d through MIT-SHM on %s\n", WIDTH, HEIGHT, DisplayString(display));
  fflush(stdout);
  XShmAttach(display, &segment);
  XSync(display, False); /* the server refuses here when it cannot see the segment */
  XMapWindow(display, window);

  GC context = DefaultGC(display, screen);
  for (double time = 0;; time += FRAME_MS / 1000.0) {
    while (XPending(display)) {
      XEvent event;
      XNextEvent(display, &event);
      if (event.type == ClientMessage && event.xclient.message_type == protocols && (Atom)event.xclient.data.l[0] == delete_window) return 0;
    }
    paint(image, time);
    XShmPutImage(display, window, context, image, 0, 0, 0, 0, WIDTH, HEIGHT, False);
    XSync(display, False);
    poll(&(struct pollfd){.fd = ConnectionNumber(display), .events = POLLIN}, 1, FRAME_MS);
  }
}

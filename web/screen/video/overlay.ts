/** One part of the screen as video: a canvas over that of noVNC, which a worker paints. */
import { SCREEN_PROTOCOL, TICKET_PROTOCOL_PREFIX } from '#protocol/screen.ts';
import { type MovingRegion, VIDEO_PATH, type VideoCodec } from '#protocol/video.ts';
import { socketUrl } from '../../ui/server-url.ts';
import type { FromVideoWorker, ShowVideo } from './messages.ts';
import type { VideoListeners, VideoView } from './videos.ts';

export interface Stage {
  /** The element around noVNC's, without a place of its own for other elements. */
  readonly frame: HTMLElement;
  readonly screen: HTMLCanvasElement;
}

export class Overlay implements VideoView {
  readonly #stage: Stage;
  readonly #region: MovingRegion;
  readonly #canvas = document.createElement('canvas');
  readonly #worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  readonly #resized: ResizeObserver;

  constructor(stage: Stage, region: MovingRegion, codec: VideoCodec, token: string, listeners: VideoListeners) {
    this.#stage = stage;
    this.#region = region;
    const canvas = this.#canvas;
    canvas.width = region.area.width;
    canvas.height = region.area.height;
    canvas.className = 'screen-video';
    canvas.dataset['test'] = 'video';
    canvas.setAttribute('aria-hidden', 'true');
    stage.frame.append(canvas);
    this.#resized = new ResizeObserver(() => this.#place());
    this.#resized.observe(stage.screen);
    this.#resized.observe(stage.frame);
    this.#worker.addEventListener('message', ({ data }: MessageEvent<FromVideoWorker>) => {
      if (data.kind === 'painted') listeners.painted();
      else if (data.kind === 'ended') listeners.ended();
      else {
        canvas.dataset['fps'] = String(data.painted);
        listeners.rate(data.decoded, data.painted);
      }
    });
    this.#worker.addEventListener('error', () => listeners.ended());
    const offscreen = canvas.transferControlToOffscreen();
    const show: ShowVideo = {
      canvas: offscreen,
      url: socketUrl(VIDEO_PATH).href,
      protocols: [SCREEN_PROTOCOL, `${TICKET_PROTOCOL_PREFIX}${token}`],
      region,
      codec,
    };
    this.#worker.postMessage(show, [offscreen]);
  }

  reveal(): void {
    this.#place();
    this.#canvas.dataset['shown'] = 'true';
  }

  remove(): void {
    this.#worker.terminate();
    this.#resized.disconnect();
    this.#canvas.remove();
  }

  /** Where noVNC shows these pixels of the screen, in the same size. */
  #place(): void {
    const { frame, screen } = this.#stage;
    if (screen.width === 0) return;
    const [around, shown] = [frame.getBoundingClientRect(), screen.getBoundingClientRect()];
    const scale = shown.width / screen.width;
    const { x, y, width, height } = this.#region.area;
    Object.assign(this.#canvas.style, {
      left: `${shown.left - around.left + x * scale}px`,
      top: `${shown.top - around.top + y * scale}px`,
      width: `${width * scale}px`,
      height: `${height * scale}px`,
    });
  }
}

/** Which video this browser can decode. */
import { ignore } from '#protocol/ignore.ts';
import type { VideoCodec } from '#protocol/video.ts';

/** High 4:4:4 Predictive and Constrained Baseline, both of level 5.1: 4K with 30 pictures per second. */
const NAMES: Readonly<Record<VideoCodec, string>> = { 'h264-444': 'avc1.f40033', h264: 'avc1.42c033' };

export function decoderConfig(codec: VideoCodec, width: number, height: number): VideoDecoderConfig {
  return { codec: NAMES[codec], codedWidth: width, codedHeight: height, optimizeForLatency: true };
}

/** The best first; none where the browser decodes no H.264, or the page isn't in a secure context. */
export async function decodableCodecs(): Promise<readonly VideoCodec[]> {
  if (typeof VideoDecoder === 'undefined' || typeof OffscreenCanvas === 'undefined') return [];
  const codecs: readonly VideoCodec[] = ['h264-444', 'h264'];
  const supported = await Promise.all(
    codecs.map(async (codec) => {
      const asked = VideoDecoder.isConfigSupported(decoderConfig(codec, 1920, 1080));
      return (await asked.catch(ignore('the browser refuses what it doesn’t know', null)))?.supported === true;
    }),
  );
  return codecs.filter((_, index) => supported[index]);
}

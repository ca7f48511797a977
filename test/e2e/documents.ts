/** Documents that programs open: an OpenDocument letter, and a picture of noise. */
import { randomBytes } from 'node:crypto';
import { downloadZip } from 'client-zip';
import { encodePng } from '#display/png.ts';

const MANIFEST = 'urn:oasis:names:tc:opendocument:xmlns:manifest:1.0';
const OFFICE = 'urn:oasis:names:tc:opendocument:xmlns:office:1.0';
const TEXT = 'urn:oasis:names:tc:opendocument:xmlns:text:1.0';
const TYPE = 'application/vnd.oasis.opendocument.text';

/** OpenDocument 1.3, part 2: a zip file that begins with its uncompressed type. */
export async function letter(): Promise<Uint8Array> {
  const parts = {
    mimetype: TYPE,
    'META-INF/manifest.xml': `<manifest:manifest xmlns:manifest="${MANIFEST}" manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:media-type="${TYPE}"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>`,
    'content.xml': `<office:document-content xmlns:office="${OFFICE}" xmlns:text="${TEXT}" office:version="1.3"><office:body><office:text><text:p>Dear Leela,</text:p><text:p>the harbour is full.</text:p></office:text></office:body></office:document-content>`,
  };
  const files = Object.entries(parts).map(([name, input]) => ({ name, input, lastModified: new Date(0) }));
  return new Uint8Array(await downloadZip(files).arrayBuffer());
}

/** A square of opaque pixels, as PNG. */
export function noise(side: number): Buffer {
  const pixels = randomBytes(side * side * 4);
  for (let alpha = 3; alpha < pixels.length; alpha += 4) pixels[alpha] = 255;
  return encodePng(side, side, pixels);
}

/** Documents that programs open: an OpenDocument letter, and a picture of noise. */
import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { encodePng } from '#display/png.ts';

const MANIFEST = 'urn:oasis:names:tc:opendocument:xmlns:manifest:1.0';
const OFFICE = 'urn:oasis:names:tc:opendocument:xmlns:office:1.0';
const TEXT = 'urn:oasis:names:tc:opendocument:xmlns:text:1.0';
const TYPE = 'application/vnd.oasis.opendocument.text';
/** 1 January 1980, as MS-DOS writes it. */
const FIRST_DAY = 0x21;

/** OpenDocument 1.3, part 2: a zip file that begins with its uncompressed type. */
export function letter(): Buffer {
  return zipOf({
    mimetype: TYPE,
    'META-INF/manifest.xml': `<manifest:manifest xmlns:manifest="${MANIFEST}" manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:media-type="${TYPE}"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>`,
    'content.xml': `<office:document-content xmlns:office="${OFFICE}" xmlns:text="${TEXT}" office:version="1.3"><office:body><office:text><text:p>Dear Leela,</text:p><text:p>the harbour is full.</text:p></office:text></office:body></office:document-content>`,
  });
}

/** Uncompressed. LibreOffice takes a zip file whose sizes come after the content, as streams write them, for damaged. */
function zipOf(files: Readonly<Record<string, string>>): Buffer {
  const content: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const [path, data] = [Buffer.from(name), Buffer.from(text)];
    // From the needed version up to the length of the extra fields: the same in both places.
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(10, 0);
    facts.writeUInt16LE(FIRST_DAY, 8);
    facts.writeUInt32LE(crc32(data), 10);
    facts.writeUInt32LE(data.length, 14);
    facts.writeUInt32LE(data.length, 18);
    facts.writeUInt16LE(path.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const entry = Buffer.concat([Buffer.from('PK\x03\x04'), facts, path, data]);
    content.push(entry);
    directory.push(Buffer.from('PK\x01\x02\x14\0'), facts, place, path);
    offset += entry.length;
  }
  const [count, index] = [Object.keys(files).length, Buffer.concat(directory)];
  const end = Buffer.alloc(18);
  end.writeUInt16LE(count, 4);
  end.writeUInt16LE(count, 6);
  end.writeUInt32LE(index.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...content, index, Buffer.from('PK\x05\x06'), end]);
}

/** A square of opaque pixels, as PNG. */
export function noise(side: number): Buffer {
  const pixels = randomBytes(side * side * 4);
  for (let alpha = 3; alpha < pixels.length; alpha += 4) pixels[alpha] = 255;
  return encodePng(side, side, pixels);
}

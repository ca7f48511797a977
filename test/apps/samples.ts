/** Small files of the types that apps open, made here, so that none has to be kept. */
import { chown, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { downloadZip } from 'client-zip';
import { encodePng } from '#display/png.ts';

const TITLE = 'Deskpod sample';
/** Distinct from what any program shows by itself. */
const NAME = 'harbour';
const OFFICE = 'urn:oasis:names:tc:opendocument:xmlns';

type Content = string | Uint8Array | ((file: string) => void);

/** By extension. */
const CONTENTS: Readonly<Record<string, () => Promise<Content> | Content>> = {
  fodt: () =>
    flat('text', 'office:text', `<text:h text:outline-level="1">${TITLE}</text:h><text:p>A page of text.</text:p>`),
  fods: () =>
    flat(
      'spreadsheet',
      'office:spreadsheet',
      `<table:table table:name="Ships">${['Ships', 'Tons', 'Crew'].map((text, at) => `<table:table-row><table:table-cell office:value-type="string"><text:p>${text}</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="${at + 1}"><text:p>${at + 1}</text:p></table:table-cell></table:table-row>`).join('')}</table:table>`,
    ),
  fodp: () => flat('presentation', 'office:presentation', `<draw:page draw:name="One">${frame()}</draw:page>`),
  fodg: () => flat('graphics', 'office:drawing', `<draw:page draw:name="One">${frame()}</draw:page>`),
  txt: () => `${TITLE}\n`,
  md: () => `# ${TITLE}\n\nText.\n`,
  c: () => '#include <stdio.h>\n\nint main(void) {\n  puts("ahoy");\n}\n',
  py: () => 'for knot in range(3):\n    print("ahoy", knot)\n',
  m: () => 'x = linspace(0, 2 * pi);\ny = sin(x);\n',
  r: () => 'x <- rnorm(100)\nsummary(x)\n',
  html: () => `<!doctype html><title>${NAME}.html</title><h1>${TITLE}</h1>`,
  svg: () =>
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><rect width="300" height="200" fill="#0f7fa8"/><circle cx="150" cy="100" r="60" fill="#efc24e"/></svg>',
  png: () => png(320, 200),
  pdf,
  eml: () =>
    `From: leela@planetexpress.com\nTo: fry@planetexpress.com\nSubject: ${NAME}.eml\nDate: Mon, 30 Nov 2026 12:00:00 +0000\n\n${TITLE}\n`,
  wav: () => tone(20),
  zip: async () =>
    new Uint8Array(await downloadZip([{ name: 'letter.txt', input: TITLE, lastModified: new Date(0) }]).arrayBuffer()),
  epub,
  geojson: () =>
    JSON.stringify({
      type: 'FeatureCollection',
      features: [
        { type: 'Feature', properties: { name: TITLE }, geometry: { type: 'Point', coordinates: [9.99, 53.55] } },
      ],
    }),
  sqlite: () => (file: string) => {
    const database = new DatabaseSync(file);
    database.exec("CREATE TABLE ships (name TEXT, tons REAL); INSERT INTO ships VALUES ('Planet Express', 1200)");
    database.close();
  },
};

/** The extension of the sample for an app that opens these; null if there is none. */
export function sampleFor(opens: readonly string[]): string | null {
  return Object.keys(CONTENTS).find((extension) => opens.includes(`.${extension}`)) ?? null;
}

/** Writes the sample into a folder, for the owner of the folder; returns its name. */
export async function writeSample(folder: string, extension: string): Promise<string> {
  const name = `${NAME}.${extension}`;
  const file = join(folder, name);
  await mkdir(folder, { recursive: true });
  const content = await CONTENTS[extension]?.();
  if (content === undefined) throw new Error(`There is no sample of type ${extension}.`);
  if (typeof content === 'function') content(file);
  else await writeFile(file, content);
  const { uid, gid } = await stat(folder);
  await chown(file, uid, gid);
  return name;
}

/** An OpenDocument file as one XML file. */
function flat(type: string, body: string, inside: string): string {
  const spaces = ['office', 'text', 'table', 'style'].map((name) => `xmlns:${name}="${OFFICE}:${name}:1.0"`);
  const drawing = `xmlns:draw="${OFFICE}:drawing:1.0" xmlns:svg="${OFFICE}:svg-compatible:1.0"`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<office:document ${spaces.join(' ')} ${drawing} office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.${type}"><office:body><${body}>${inside}</${body}></office:body></office:document>`;
}

function frame(): string {
  return `<draw:frame svg:width="18cm" svg:height="3cm" svg:x="3cm" svg:y="5cm"><draw:text-box><text:p>${TITLE}</text:p></draw:text-box></draw:frame>`;
}

/** One page with a line of text. */
function pdf(): string {
  const text = `BT /F1 36 Tf 72 700 Td (${TITLE}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let file = '%PDF-1.4\n';
  const places = objects.map((object, at) => {
    const place = file.length;
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  const table = file.length;
  const size = objects.length + 1;
  return `${file}xref\n0 ${size}\n0000000000 65535 f \n${places.join('')}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
}

/** A gradient. */
function png(width: number, height: number): Uint8Array {
  const pixels = Array.from({ length: width * height }, (_, at) => [
    ((at % width) * 255) / width,
    (Math.floor(at / width) * 255) / height,
    160,
    255,
  ]);
  return encodePng(width, height, Uint8Array.from(pixels.flat()));
}

/** A tone of 440 Hz, one channel of 16 bits. */
function tone(seconds: number): Uint8Array {
  const rate = 22_050;
  const samples = Buffer.alloc(rate * seconds * 2);
  for (let at = 0; at < rate * seconds; at++)
    samples.writeInt16LE(Math.round(8_000 * Math.sin((at * 2 * Math.PI * 440) / rate)), at * 2);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

async function epub(): Promise<Uint8Array> {
  const lastModified = new Date(0);
  const page = `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>${TITLE}</title></head><body><h1>${TITLE}</h1></body></html>`;
  const inside: Readonly<Record<string, string>> = {
    mimetype: 'application/epub+zip',
    'META-INF/container.xml':
      '<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
    'book.opf': `<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="2.0" unique-identifier="id"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>${NAME}.epub</dc:title><dc:identifier id="id">${NAME}</dc:identifier><dc:language>en</dc:language></metadata><manifest><item id="page" href="page.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="page"/></spine></package>`,
    'page.xhtml': page,
  };
  const files = Object.entries(inside).map(([name, input]) => ({ name, input, lastModified }));
  return new Uint8Array(await downloadZip(files).arrayBuffer());
}

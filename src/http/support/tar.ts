/** A tar archive (ustar, POSIX.1-1988) of a few texts. */
const BLOCK = 512;
const MOST_NAME = 100;

export interface TextFile {
  /** At most 100 bytes. */
  readonly name: string;
  readonly text: string;
}

export function tarOf(files: readonly TextFile[], at: Date): Buffer {
  const blocks = files.flatMap(({ name, text }) => {
    const content = Buffer.from(text);
    return [header(name, content.length, at), content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
  });
  // Two empty blocks end it.
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function header(name: string, size: number, at: Date): Buffer {
  if (Buffer.byteLength(name) > MOST_NAME) throw new Error(`${name} is too long a name for this archive`);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;
  block.write(name, 0);
  block.write(octal(0o644, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(size, 11), 124);
  block.write(octal(Math.floor(at.getTime() / 1000), 11), 136);
  // The sum is taken with its own field as spaces.
  block.write(' '.repeat(8), 148);
  block.write('0', 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)} `, 148);
  return block;
}

/** Escape sequences in program output (ECMA-48): colours are harmless, everything else could control a terminal. */

/** No program writes longer ones. */
const LONGEST_COLOUR = 64;

/** Built from names, as control characters in a literal are hard to read. */
const [ESC, BEL] = [String.raw`\x1b`, String.raw`\x07`];
const CSI = String.raw`(?:${ESC}\[|\x9b)([0-?]*)([ -\/]*)([@-~]?)`;
/** OSC, DCS, SOS, PM and APC carry text, up to their terminator or the end of the line. */
const STRING = String.raw`(?:${ESC}[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\n]*?(?:${BEL}|${ESC}\\|\x9c|(?=\n)|$)`;
const OTHER = String.raw`${ESC}[ -\/]*[0-~]?`;
/** Without tab and line feed. */
const CONTROLS = String.raw`[\x00-\x08\x0b-\x1f\x7f-\x9f]`;
const SEQUENCE = new RegExp(`${CSI}|${STRING}|${OTHER}|${CONTROLS}`, 'g');
const COLOUR = new RegExp(String.raw`${ESC}\[[\d:;]*m`, 'g');

/** Removes all escape sequences and control characters except colours and styles (SGR). */
export function colouredText(text: string): string {
  return erased(text).replace(
    SEQUENCE,
    (_, parameters: string | undefined, between: string | undefined, final: string | undefined) => {
      const isColour = final === 'm' && between === '' && /^[\d:;]*$/.test(parameters ?? '?');
      return isColour && (parameters ?? '').length <= LONGEST_COLOUR ? `\u001B[${parameters}m` : '';
    },
  );
}

/** Removes all escape sequences and control characters except tabs and line feeds. */
export function plainText(text: string): string {
  return colouredText(text).replace(COLOUR, '');
}

/** A backspace deletes the character before it, as spinners expect. */
function erased(text: string): string {
  if (!text.includes('\b')) return text;
  const kept: string[] = [];
  for (const character of text) {
    if (character !== '\b') kept.push(character);
    else if (kept.at(-1) !== '\n') kept.pop();
  }
  return kept.join('');
}

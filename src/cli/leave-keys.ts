/** The keys that leave a shared terminal without ending it: as with ssh, a tilde at the beginning of a line, then a dot. */

const TILDE = 0x7e;
const DOT = 0x2e;
const LINE_ENDS = new Set([0x0a, 0x0d]);

export class LeaveKeys {
  #atBeginning = true;
  /** A tilde that waits for what follows it. */
  #held = false;

  /** What goes to the terminal, and whether it is left. Two tildes are one. */
  press(bytes: Uint8Array): { readonly send: Buffer; readonly leave: boolean } {
    const send: number[] = [];
    for (const byte of bytes) {
      if (this.#held && byte === DOT) return { send: Buffer.from(send), leave: true };
      if (!this.#held && this.#atBeginning && byte === TILDE) {
        this.#held = true;
        continue;
      }
      if (this.#held && byte !== TILDE) send.push(TILDE);
      send.push(byte);
      this.#held = false;
      this.#atBeginning = LINE_ENDS.has(byte);
    }
    return { send: Buffer.from(send), leave: false };
  }
}

/** The keys that detach from a shared terminal: as in ssh, a tilde at the start of a line, then a dot. */

const TILDE = 0x7e;
const DOT = 0x2e;
const LINE_ENDS = new Set([0x0a, 0x0d]);

export class LeaveKeys {
  #atBeginning = true;
  /** A tilde whose next key decides its meaning. */
  #held = false;

  /** The bytes to send, and whether to detach. Two tildes send one. */
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

/** A peer that does not speak RFB as it must. */
import { CloseCode } from '#protocol/screen.ts';

export class RfbError extends Error {
  override readonly name = 'RfbError';
  /** What the viewer's WebSocket is closed with when the viewer is to blame. */
  readonly closeCode: CloseCode;

  constructor(message: string, closeCode: CloseCode = CloseCode.protocol) {
    super(message);
    this.closeCode = closeCode;
  }
}

/** A peer that violates the RFB protocol. */
import { CloseCode } from '#protocol/screen.ts';

export class RfbError extends Error {
  override readonly name = 'RfbError';
  /** Close code of the viewer's WebSocket if the viewer is at fault. */
  readonly closeCode: CloseCode;

  constructor(message: string, closeCode: CloseCode = CloseCode.protocol) {
    super(message);
    this.closeCode = closeCode;
  }
}

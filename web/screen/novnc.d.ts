/** The part of noVNC 1.7 in use (docs/API.md of the package), which ships no types. */
declare module '@novnc/novnc' {
  /** The part of a WebSocket that noVNC uses. */
  export interface RawChannel {
    binaryType: BinaryType;
    onopen: ((event: Event) => void) | null;
    onmessage: ((event: MessageEvent) => void) | null;
    onclose: ((event: CloseEvent) => void) | null;
    onerror: ((event: Event) => void) | null;
    readonly protocol: string;
    readonly readyState: number;
    send(data: Uint8Array<ArrayBuffer>): void;
    close(): void;
  }
  export default class RFB extends EventTarget {
    constructor(target: HTMLElement, channel: RawChannel, options?: { shared?: boolean });
    background: string;
    focusOnClick: boolean;
    resizeSession: boolean;
    scaleViewport: boolean;
    clipViewport: boolean;
    showDotCursor: boolean;
    qualityLevel: number;
    compressionLevel: number;
    readonly viewOnly: boolean;
    disconnect(): void;
    sendKey(keysym: number, code: string | null, down?: boolean): void;
    clipboardPasteFrom(text: string): void;
  }
}

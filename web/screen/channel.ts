/** The screen's WebSocket for noVNC: forwards RFB, handles the gateway's messages and observes outgoing ones. */
import type { RawChannel } from '@novnc/novnc';
import { parseJson } from '#protocol/json.ts';
import { ScreenNotice } from '#protocol/screen.ts';
import type { ResumingSocket } from './resuming-socket.ts';
import { type ClientMessage, ClientMessages } from './client-messages.ts';

export interface ChannelListeners {
  readonly onSent: (what: ClientMessage) => void;
  readonly onReceived: (bytes: number) => void;
  readonly onNotice: (notice: ScreenNotice) => void;
}

export function screenChannel(socket: ResumingSocket, { onSent, onReceived, onNotice }: ChannelListeners): RawChannel {
  const outgoing = new ClientMessages();
  const channel: RawChannel = {
    binaryType: 'arraybuffer',
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send(data) {
      onSent(outgoing.read(data));
      socket.send(data);
    },
    close: () => socket.close(),
    get protocol() {
      return socket.protocol;
    },
    get readyState() {
      return socket.readyState;
    },
  };
  socket.addEventListener('open', (event) => channel.onopen?.(event));
  socket.addEventListener('close', (event) => event instanceof CloseEvent && channel.onclose?.(event));
  socket.addEventListener('message', (event) => {
    if (!(event instanceof MessageEvent)) return;
    if (event.data instanceof ArrayBuffer) {
      onReceived(event.data.byteLength);
      channel.onmessage?.(event);
    } else if (typeof event.data === 'string') {
      // A newer gateway may send other messages.
      const notice = ScreenNotice.safeParse(parseJson(event.data));
      if (notice.success) onNotice(notice.data);
    }
  });
  return channel;
}

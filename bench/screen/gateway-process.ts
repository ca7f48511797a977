/** Our gateway alone, in a process of its own as the others are: each viewer gets a connection to the port in `SERVER`. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createGateway } from '#gateway/gateway.ts';
import { connectTcp } from '#gateway/screen-connect.ts';
import { routeUpgrades } from '#gateway/upgrade.ts';
import { SCREEN_PATH } from '#protocol/screen.ts';
import { CLAIMS } from '../../test/fixtures/ticket-claims.ts';
import { PASSWORD } from './relay-kinds.ts';

const port = Number(process.env['SERVER']);
const gateway = createGateway({
  tickets: { verify: async () => ({ ...CLAIMS, vncPassword: PASSWORD, expiresAt: new Date(Date.now() + 3_600_000) }) },
  allowedOrigin: () => true,
  connect: (_, signal) => connectTcp({ host: '127.0.0.1', port }, signal),
  events: {
    screenConnected: () => {},
    screenClosed: () => {},
    clipboardTransferred: () => {},
    warn: (message, fields) => console.error(message, fields),
  },
});
const server = createServer();
routeUpgrades(server, [{ path: SCREEN_PATH, handle: gateway.handleUpgrade.bind(gateway) }]);
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const bound = server.address();
if (bound !== null && typeof bound === 'object') console.log(JSON.stringify({ port: bound.port }));

/**
 * A way in from the machine's own network: a loopback port there, a Unix socket between (sockets in the
 * file system belong to no network namespace), and socat inside that connects on to the real port.
 */
import { writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';

const [socket = '', portFile = ''] = process.argv.slice(2);

const server = createServer((client) => {
  const within = connect(socket);
  client.on('error', () => within.destroy());
  within.on('error', () => client.destroy());
  client.pipe(within).pipe(client);
});

server.listen(0, '127.0.0.1', () => writeFileSync(portFile, String((server.address() as AddressInfo).port)));
process.on('SIGTERM', () => process.exit(0));

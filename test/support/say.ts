import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** Sends bytes as they are to a port of this machine. @returns all that comes back until the connection is closed */
export async function say(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  return text(socket);
}

import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds that a listener has to answer. */
const TIMEOUT_MS = 2000;

/** The header that opens a connection of AMQP 0-9-1. @see https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf section 4.2.2 */
const AMQP_HEADER = Buffer.from('AMQP\0\0\x09\x01', 'latin1');

/** Whether something accepts connections on a port of the loopback address. */
export const accepting = (port: number): Promise<boolean> =>
  asked(port, (socket, settle) => socket.once('connect', () => settle(true)));

/** Whether a broker answers the opening of a connection in clear text: it accepts connections before it serves them. */
export const opensAmqp = (port: number): Promise<boolean> =>
  asked(port, (socket, settle) => {
    socket.once('connect', () => socket.write(AMQP_HEADER));
    socket.once('data', () => settle(true)).once('close', () => settle(false));
  });

/** @param deadline epoch ms @throws {Error} when nothing accepts connections by then */
export async function untilAccepting(port: number, deadline: number): Promise<void> {
  while (!(await accepting(port))) {
    if (Date.now() > deadline) throw new Error(`nothing listens on 127.0.0.1:${port}`);
    await sleep(20);
  }
}

function asked(port: number, ask: (socket: Socket, settle: (result: boolean) => void) => void) {
  return new Promise<boolean>((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: TIMEOUT_MS });
    const settle = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    ask(socket, settle);
    socket.once('error', () => settle(false)).once('timeout', () => settle(false));
  });
}

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server that a test opens and closes. */
export interface Gate {
  readonly url: string;
  /** `silent` takes what is sent and never answers, `closed` refuses. */
  set(state: 'open' | 'silent' | 'closed'): Promise<void>;
  stop(): Promise<void>;
}

/** @param target the address that it leads to */
export async function startGate(target: string, state: 'open' | 'silent' = 'open'): Promise<Gate> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let now: 'open' | 'silent' | 'closed' = state;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    keep(near);
    if (now === 'silent') return;
    const far = connect(Number(port), hostname);
    keep(far);
    near.pipe(far).pipe(near);
  });
  const listen = async (at: number) => {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const own = (server.address() as AddressInfo).port;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const close = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    cut();
    await closed;
  };
  return {
    url: `http://127.0.0.1:${own}`,
    set: async (next) => {
      now = next;
      cut();
      if (next === 'closed') await close();
      else if (!server.listening) await listen(own);
    },
    stop: close,
  };
}

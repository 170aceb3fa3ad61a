import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Route } from '@sluice/runtime';
import type { Answer, Push } from './gate.ts';

/** Who takes a push, and how many bytes all pushes may hold. */
export interface PushRouteOptions {
  readonly pass: (push: Push) => Promise<Answer>;
  /** Bytes that all pushes together may hold. */
  readonly maxHeldBytes: number;
  /** Called for each push that is answered with 503 as there is no room for it. */
  readonly onFull: () => void;
}

/** Headers that are passed on: how the body is to be read, and what VictoriaLogs is told of its fields. */
const PASSED_ON = /^(content-type|content-encoding|vl-.+)$/;

/** Takes pushes, as many bytes of them as it may. */
export class PushRoute {
  readonly #options: PushRouteOptions;
  #held = 0;

  constructor(options: PushRouteOptions) {
    this.#options = options;
  }

  /** Bytes of the pushes that are held. */
  get heldBytes(): number {
    return this.#held;
  }

  readonly route: Route = async (response, request) => {
    if (request.method !== 'POST') {
      response.writeHead(405).end();
      return;
    }
    const taken = { bytes: 0 };
    try {
      const body = await this.#bodyOf(request, taken);
      if (body === undefined) this.#refuse(response);
      else {
        const { status, body: text } = await this.#options.pass({ headers: passedOn(request), body });
        answer(response, status, text);
      }
    } finally {
      this.#held -= taken.bytes;
    }
  };

  /** @returns undefined when there is no room for all of it */
  async #bodyOf(request: IncomingMessage, taken: { bytes: number }): Promise<Buffer | undefined> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) {
      if (this.#held + chunk.length > this.#options.maxHeldBytes) return undefined;
      this.#held += chunk.length;
      taken.bytes += chunk.length;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  /** What was not read is not: the connection ends with the answer. */
  #refuse(response: ServerResponse): void {
    this.#options.onFull();
    response.setHeader('connection', 'close').setHeader('retry-after', '1');
    answer(response, 503, 'too many bytes are held\n');
  }
}

const passedOn = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      PASSED_ON.test(name) && typeof value === 'string' ? [[name, value]] : [],
    ),
  );

function answer(response: ServerResponse, status: number, body: string): void {
  if (!response.destroyed) response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
}

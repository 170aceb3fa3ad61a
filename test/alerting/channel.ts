import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What Discord is sent. @see https://discord.com/developers/docs/resources/webhook#execute-webhook */
export interface Message {
  readonly title: string;
  readonly text: string;
}

interface Webhook {
  readonly embeds?: readonly { readonly title?: string; readonly description?: string }[];
}

/** A channel that takes messages as Discord's webhooks do, and keeps them. */
export class Channel {
  readonly messages: Message[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { embeds = [] } = JSON.parse(Buffer.concat(chunks).toString()) as Webhook;
        for (const { title = '', description = '' } of embeds)
          this.messages.push({ title, text: description });
        response.writeHead(204).end();
      });
    });
  }

  static async open(): Promise<Channel> {
    const channel = new Channel();
    await new Promise<void>((resolve) => channel.#server.listen(0, '127.0.0.1', resolve));
    return channel;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/api/webhooks/1/token`;
  }

  titled(title: string): Message | undefined {
    return this.messages.find((message) => message.title.startsWith(title));
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

import type { ChannelModel, ConfirmChannel, ConsumeMessage, Message, Options } from 'amqplib';

/** Where a message goes that shall not be tried again. */
export interface ParkingAddress {
  readonly exchange: string;
  readonly routingKey: string;
}

/** Puts a message aside. Rejects when the broker did not take it: then it must not be acknowledged. */
export type Park = (message: ConsumeMessage, reason: string, attempts: number) => Promise<void>;

/** Header values longer than this help nobody and could outgrow a frame. */
const LONGEST_REASON = 1000;

/** Parks on a confirm channel of its own, made when it is first needed: most consumers never park. */
export function parkingOn(connection: Pick<ChannelModel, 'createConfirmChannel'>, to: ParkingAddress): Park {
  let opening: Promise<ConfirmChannel> | undefined;
  const returned = new Set<string>();
  const open = async (): Promise<ConfirmChannel> => {
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => {});
    channel.on('close', () => {
      opening = undefined;
    });
    channel.on('return', (message: Message) =>
      returned.add(String(message.properties.headers?.[PARKING_ID])),
    );
    return channel;
  };
  let parkings = 0;
  return async (message, reason, attempts) => {
    opening ??= open();
    const channel = await opening.catch((error: unknown) => {
      // The next message tries anew.
      opening = undefined;
      throw error;
    });
    parkings += 1;
    const id = String(parkings);
    const options = parkedProperties(message, reason, attempts, id);
    await new Promise<void>((resolve, reject) => {
      channel.publish(to.exchange, to.routingKey, message.content, options, (error) =>
        error ? reject(error) : resolve(),
      );
    });
    // The broker sends a return before the confirm of the same message.
    if (returned.delete(id))
      throw new Error(`no queue takes '${to.routingKey}' of exchange '${to.exchange}'`);
  };
}

const PARKING_ID = 'x-sluice-parking';

/** The message as it was, but not its past: sent again it starts afresh, and nothing lets it expire. */
function parkedProperties(
  { properties }: ConsumeMessage,
  reason: string,
  attempts: number,
  id: string,
): Options.Publish {
  const { expiration: _, userId: __, headers = {}, ...rest } = properties;
  const kept = Object.entries(headers).filter(([name]) => !/^x-(death|first-death-|last-death-)/.test(name));
  return {
    ...rest,
    persistent: true,
    mandatory: true,
    headers: {
      ...Object.fromEntries(kept),
      'x-sluice-reason': reason.slice(0, LONGEST_REASON),
      'x-sluice-attempts': attempts,
      [PARKING_ID]: id,
    },
  };
}

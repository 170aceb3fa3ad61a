import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError, type Job } from '@sluice/runtime';

/** What a handler knows besides the job. */
export interface HandlerContext {
  /** 1 for the first: deliveries that failed or were lost before, and this one. */
  readonly attempt: number;
  /**
   * An earlier delivery ended without an answer: the work may have been done already. No more than a hint: a
   * RabbitMQ that was killed marks all that it had, a LavinMQ marks none. Only the job's id identifies a repetition.
   */
  readonly redelivered: boolean;
}

/** Does the work of one job. Throwing makes it a failed attempt. */
export type Handle = (job: Job, context: HandlerContext) => Promise<unknown> | unknown;

/** @throws ConfigError when the module cannot be loaded or exports no `handle` */
export async function loadHandler(path: string): Promise<Handle> {
  const fault = (why: string) => new ConfigError([`'HANDLER' (${path}) ${why}`]);
  const module = await import(pathToFileURL(resolve(path)).href).catch((error: Error) => {
    throw fault(`must be a module that loads: ${error.message}`);
  });
  if (typeof module.handle !== 'function') throw fault("must export a function 'handle'");
  return module.handle;
}

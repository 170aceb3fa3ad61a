import { readFileSync } from 'node:fs';

/** A file recorded from a real LavinMQ 2.9.1. */
export const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/lavinmq-2.9.1/${name}`, import.meta.url), 'utf8');

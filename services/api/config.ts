import { integer, seconds, serviceFields, textOr } from '@sluice/runtime';
import * as z from 'zod';

/** The web service's environment. */
export const environment = z.object({
  REDACTED_PARAMETERS: textOr(
    'password,passwd,pwd,secret,token,api_key,access_key,private_key,auth,authorization,code,signature,sig,session',
    'Words, comma-separated; the value of a query parameter whose name holds one of them as a word is not logged, nor is one that any log of a service censors.',
  ),
  MAX_LOGGED_PARAMETERS: integer({
    min: 0,
    max: 1000,
    fallback: 32,
    meaning: 'Query parameters of a request that are logged; the rest is cut and the line says so.',
  }),
  MAX_LOGGED_NAME_LENGTH: integer({
    min: 1,
    max: 8192,
    fallback: 64,
    meaning: 'Characters of a name that are logged.',
  }),
  MAX_LOGGED_VALUE_LENGTH: integer({
    min: 1,
    max: 8192,
    fallback: 256,
    meaning: 'Characters of a value, and of the path, that are logged.',
  }),
  MAX_URL_BYTES: integer({
    min: 64,
    max: 65_536,
    fallback: 8192,
    meaning: 'Longest path and query; beyond it 414.',
  }),
  MAX_HEADER_BYTES: integer({
    min: 1024,
    max: 131_072,
    fallback: 16_384,
    meaning: 'Longest request line and headers together; beyond it 431.',
  }),
  MAX_BODY_BYTES: integer({
    min: 1,
    max: 16_777_216,
    fallback: 65_536,
    meaning: 'Longest body; beyond it 413.',
  }),
  REQUEST_TIMEOUT_SECONDS: seconds({
    min: 0.1,
    max: 300,
    fallback: 15,
    meaning: 'How long a request may take to arrive; then 408.',
  }),
  CONNECTION_TIMEOUT_SECONDS: seconds({
    min: 1,
    max: 600,
    fallback: 30,
    meaning: 'Silence after which a connection in the midst of a request is closed.',
  }),
  KEEP_ALIVE_SECONDS: seconds({
    min: 1,
    max: 3600,
    fallback: 95,
    meaning: 'How long an idle connection is kept: longer than the load balancer keeps it (Traefik: 90 s).',
  }),
  MAX_LOOP_DELAY_SECONDS: seconds({
    min: 0.01,
    max: 60,
    fallback: 0.25,
    meaning: 'Mean delay of the event loop beyond which requests are shed with 503.',
  }),
  RETRY_AFTER_SECONDS: integer({
    min: 1,
    max: 3600,
    fallback: 1,
    meaning: '`Retry-After` of a request that is shed.',
  }),
  DRAIN_DELAY_SECONDS: seconds({
    min: 0,
    max: 300,
    fallback: 5,
    meaning: 'How long it serves on after SIGTERM, unready, until nothing routes to it any more.',
  }),
  LINGER_SECONDS: seconds({
    min: 0,
    max: 300,
    fallback: 2,
    meaning: 'How long, after that, each answer closes its connection before the idle ones are closed.',
  }),
  STOP_DEADLINE_SECONDS: seconds({
    min: 0,
    max: 3600,
    fallback: 15,
    meaning: 'How long the requests in hand may take to finish after that.',
  }),
  ...serviceFields,
});

export type ApiConfig = z.output<typeof environment>;

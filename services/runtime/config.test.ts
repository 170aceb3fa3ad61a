import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ConfigError, parseConfig } from './config.ts';
import {
  amqpFields,
  authoritiesFile,
  integer,
  managementUrl,
  oneOf,
  seconds,
  secret,
  serviceFields,
  text,
  url,
} from './fields.ts';

const directory = mkdtempSync(join(tmpdir(), 'sluice-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(content: string): string {
  const path = join(directory, 'secret');
  writeFileSync(path, content);
  return path;
}

const schema = z.object({
  NAME: text('a name'),
  COUNT: integer({ min: 1, max: 10, fallback: 3, meaning: 'a count' }),
  PAUSE: seconds({ min: 0, max: 1.5, fallback: 1, meaning: 'a pause' }),
  KIND: oneOf(['a', 'b'], 'a', 'a kind'),
  TOKEN: secret('a token'),
});
const valid = { NAME: 'n', TOKEN: 't' };

function faultsOf(env: Record<string, string>, of: z.ZodObject = schema): readonly string[] {
  try {
    parseConfig(of, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('a configuration', () => {
  it('is read with its types and defaults', () => {
    const { TOKEN, ...others } = parseConfig(schema, { ...valid, PAUSE: '0.25', OTHER: 'x' });
    expect(others).toEqual({ NAME: 'n', COUNT: 3, PAUSE: 0.25, KIND: 'a' });
    expect(TOKEN.read()).toBe('t');
  });

  it('fails with every fault at once, each with variable, value and constraint', () => {
    expect(faultsOf({ COUNT: '11', PAUSE: '-1', KIND: 'c' })).toEqual([
      "'NAME' must be set",
      "'COUNT' (11) must be an integer from 1 to 10",
      "'PAUSE' (-1) must be a number of seconds from 0 to 1.5",
      "'KIND' (c) must be one of a, b",
      "'TOKEN' must be set",
    ]);
  });

  it.each(['1.5', '1e1', '0x2', ' 2', 'Infinity', 'NaN'])('takes no %j for an integer', (COUNT) => {
    expect(faultsOf({ ...valid, COUNT })).toHaveLength(1);
  });

  it('takes an empty variable for an absent one', () => {
    expect(parseConfig(schema, { ...valid, COUNT: '' }).COUNT).toBe(3);
    expect(faultsOf({ ...valid, NAME: '' })).toEqual(["'NAME' must be set"]);
  });
});

describe('a secret', () => {
  it('comes from a file, without the line break at its end', () => {
    expect(parseConfig(schema, { NAME: 'n', TOKEN_FILE: file('se same\n') }).TOKEN.read()).toBe('se same');
  });

  it('is read again each time it is used', () => {
    const { TOKEN } = parseConfig(schema, { NAME: 'n', TOKEN_FILE: file('old\n') });
    file('new\n');
    expect(TOKEN.read()).toBe('new');
  });

  it.each(['s3cret \n', 's3\tcret', 's3cret\n\n'])(
    'that its users could read in two ways is refused: %j',
    (content) => {
      expect(faultsOf({ NAME: 'n', TOKEN_FILE: file(content) })).toEqual([
        expect.stringMatching(/^'TOKEN_FILE' \(.*\) must /),
      ]);
      expect(faultsOf({ NAME: 'n', TOKEN: content })).toEqual([expect.stringMatching(/^'TOKEN' must /)]);
    },
  );

  it('is absent when its file is empty, as an empty variable is', () => {
    expect(faultsOf({ NAME: 'n', TOKEN_FILE: file('\n') })).toEqual([
      expect.stringMatching(/^'TOKEN_FILE' \(.*\) must not be empty$/),
    ]);
  });

  it('must not come from both', () => {
    expect(faultsOf({ ...valid, TOKEN_FILE: file('x') })).toEqual([
      "'TOKEN' must not be set together with 'TOKEN_FILE'",
    ]);
  });

  it('whose file cannot be read is one fault that names the file', () => {
    const faults = faultsOf({ NAME: 'n', TOKEN_FILE: '/nowhere' });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^'TOKEN_FILE' \(\/nowhere\) must be a file that can be read: ENOENT/);
  });

  it('is in no fault, nor is the password of a URL', () => {
    const amqp = z.object({ ...amqpFields, TARGET: url(['https'], 'a target') });
    const faults = faultsOf(
      {
        AMQP_URL: 'ftp://user:sesame@host/?token=sesame',
        TARGET: 'sesame',
        AMQP_PASSWORD: 'sesame',
        AMQP_HEARTBEAT_SECONDS: '14',
      },
      amqp,
    );
    expect(faults).toEqual([
      "'AMQP_URL' (ftp://host/) must be a URL of scheme amqp or amqps",
      "'AMQP_HEARTBEAT_SECONDS' (14) must be an integer from 15 to 30",
      "'TARGET' (not a URL) must be a URL of scheme https",
    ]);
  });
});

it('shows no password of a URL that stands in another variable', () => {
  const schema = z.object({ ...amqpFields, ...serviceFields });
  const url = 'amqp://user:sesame@host/%2f';
  expect(() => parseConfig(schema, { AMQP_URL: 'amqp://host', HTTP_PORT: url })).toThrow(
    "'HTTP_PORT' (amqp://***@host/%2f) must be an integer from 0 to 65535",
  );
});

it('shows no password of a URL that stands where a path belongs', () => {
  const schema = z.object({ TOKEN: secret('a secret') });
  expect(() => parseConfig(schema, { TOKEN_FILE: 'amqp://user:sesame@host/%2f' })).toThrow(
    "'TOKEN_FILE' (amqp://***@host/%2f) must be a file that can be read",
  );
});

describe('a file of authorities', () => {
  const ca = join(directory, 'ca.pem');
  const none = join(directory, 'none.pem');
  writeFileSync(ca, rootCertificates[0] ?? '');
  const broker = z.object({ ...amqpFields, COUNT: integer({ min: 1, max: 10, fallback: 3, meaning: '' }) });
  const api = z.object({
    MANAGEMENT_URL: managementUrl('an API'),
    MANAGEMENT_CA_FILE: authoritiesFile({ of: 'MANAGEMENT_URL', scheme: 'https' }, 'its authorities'),
  });

  it('is taken where the URL is one over TLS', () => {
    const amqps = { AMQP_URL: 'AMQPS://host', AMQP_CA_FILE: ca };
    expect(parseConfig(broker, amqps).AMQP_CA_FILE).toBe(ca);
    const https = { MANAGEMENT_URL: 'https://host', MANAGEMENT_CA_FILE: ca };
    expect(parseConfig(api, https).MANAGEMENT_CA_FILE).toBe(ca);
  });

  it('is refused, with every other fault, where the URL is in clear text', () => {
    expect(faultsOf({ AMQP_URL: 'amqp://u:sesame@host', AMQP_CA_FILE: ca, COUNT: '11' }, broker)).toEqual([
      "'COUNT' (11) must be an integer from 1 to 10",
      `'AMQP_CA_FILE' (${ca}) must be absent where 'AMQP_URL' is not of scheme amqps`,
    ]);
    expect(faultsOf({ MANAGEMENT_URL: 'http://host', MANAGEMENT_CA_FILE: ca }, api)).toEqual([
      `'MANAGEMENT_CA_FILE' (${ca}) must be absent where 'MANAGEMENT_URL' is not of scheme https`,
    ]);
  });

  it('is read at the start: one without a certificate is refused', () => {
    expect(faultsOf({ AMQP_URL: 'amqps://host', AMQP_CA_FILE: none }, broker)).toEqual([
      expect.stringMatching(/^'AMQP_CA_FILE' \(.*none\.pem\) must be a file that can be read: ENOENT$/),
    ]);
    writeFileSync(none, 'nothing');
    expect(faultsOf({ AMQP_URL: 'amqps://host', AMQP_CA_FILE: none }, broker)).toEqual([
      `'AMQP_CA_FILE' (${none}) must hold at least one certificate in PEM`,
    ]);
  });

  it('adds no fault of its own to a URL that is none', () => {
    expect(faultsOf({ AMQP_URL: 'host:5672', AMQP_CA_FILE: ca }, broker)).toEqual([
      expect.stringMatching(/^'AMQP_URL' .* must be a URL of scheme amqp or amqps$/),
    ]);
  });
});

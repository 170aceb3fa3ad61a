import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { connectOptions } from './amqp/sessions.ts';
import { AuthoritiesError, readAuthorities } from './authorities.ts';
import { parseBrokerUrl } from './broker-url.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-authorities-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = join(folder, 'ca.pem');
const authority = (name: string): string =>
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      '/dev/null',
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );

describe('a file of authorities', () => {
  const [first, second] = [authority('first'), authority('second')];

  it('is read as it is now, with everything but certificates left out', () => {
    writeFileSync(file, first);
    expect(readAuthorities(file)).toBe(first.trim());
    writeFileSync(file, `# old\n${first}# new\n${second}`);
    expect(readAuthorities(file)).toBe(`${first.trim()}\n${second.trim()}`);
  });

  it.each([
    ['nothing', 'must hold at least one certificate in PEM'],
    [first.replace('BEGIN CERTIFICATE', 'BEGIN PRIVATE KEY'), 'must hold at least one certificate in PEM'],
    [
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      'must hold certificates that can be read',
    ],
    ['x'.repeat(1024 * 1024 + 1), 'must be at most 1048576 bytes'],
  ])('is refused with %.20s', (text, why) => {
    writeFileSync(file, text);
    expect(() => readAuthorities(file)).toThrow(`the file of authorities '${file}' ${why}`);
  });

  it('is refused where there is none', () => {
    expect(() => readAuthorities(join(folder, 'none'))).toThrow(AuthoritiesError);
  });

  const options = (url: string) =>
    connectOptions({ AMQP_URL: parseBrokerUrl(url), AMQP_HEARTBEAT_SECONDS: 20, AMQP_CA_FILE: file });

  it('verifies a broker over TLS, read for each connection, and none in clear text', () => {
    writeFileSync(file, first);
    expect(options('amqps://host')).toMatchObject({ port: 5671, authorities: first.trim() });
    writeFileSync(file, second);
    expect(options('amqps://host')).toMatchObject({ authorities: second.trim() });
    expect(() => options('amqp://host')).toThrow(
      `the file of authorities '${file}' must be absent where the broker's URL is not of scheme amqps`,
    );
  });
});

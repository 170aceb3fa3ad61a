import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { runs } from '../../test/support/properties.ts';
import { messageOf } from './errors.ts';
import { MAX_SECRET_BYTES, readSecretFile, Secret, SecretError } from './secrets.ts';

const directory = mkdtempSync(join(tmpdir(), 'sluice-secrets-'));
afterAll(() => rmSync(directory, { recursive: true }));
const path = join(directory, 'secret');

const readOf = (content: string | Uint8Array): string => {
  writeFileSync(path, content);
  return readSecretFile(path);
};

const refusalOf = (content: string | Uint8Array): string => {
  try {
    readOf(content);
  } catch (error) {
    if (error instanceof SecretError) return error.message.replace(path, 'PATH');
    throw error;
  }
  return 'taken';
};

describe('a secret file', () => {
  it.each(['sesame', 'sesame\n', 'sesame\r\n'])('%j gives the line without its line break', (content) => {
    expect(readOf(content)).toBe('sesame');
  });

  it.each([
    ['', 'must not be empty'],
    ['\n', 'must not be empty'],
    ['s3cret \n', 'must not begin or end with white space'],
    [' s3cret', 'must not begin or end with white space'],
    ['\ufeffs3cret', 'must not begin or end with white space'],
    ['s3\tcret', 'must be one line without tabs and control characters'],
    ['s3cret\n\n', 'must be one line without tabs and control characters'],
    ['s3cret\r', 'must be one line without tabs and control characters'],
    ['s3\0cret', 'must be one line without tabs and control characters'],
    ['x'.repeat(MAX_SECRET_BYTES + 1), 'must not be longer than 4096 bytes'],
    ['é'.repeat(MAX_SECRET_BYTES / 2 + 1), 'must not be longer than 4096 bytes'],
    ['x'.repeat(1_000_000), 'must not be longer than 4096 bytes'],
    [new Uint8Array([0x73, 0xff]), 'must be UTF-8'],
  ])('%j is refused in words without it', (content, constraint) => {
    expect(refusalOf(content)).toBe(`the secret file 'PATH' ${constraint}`);
  });

  it('of the greatest length is taken', () => {
    expect(readOf(`${'x'.repeat(MAX_SECRET_BYTES)}\r\n`)).toHaveLength(MAX_SECRET_BYTES);
  });

  it('is read as it was written, or refused, whatever it holds', () => {
    fc.assert(
      fc.property(
        // A text that ends with a carriage return becomes another one by the line feed behind it.
        fc.oneof(fc.string(), fc.string({ unit: 'binary' })).map((text) => text.replace(/[\r\n]+$/, '')),
        fc.constantFrom('', '\n', '\r\n'),
        (text, end) => {
          const refusal = refusalOf(text + end);
          if (refusal === 'taken') expect(readSecretFile(path)).toBe(text);
          else if (text.length > 6) expect(refusal).not.toContain(text);
        },
      ),
      { numRuns: runs(50) },
    );
  });

  it.each([
    ['nothing there', '/nowhere/password', 'must be a file that can be read: ENOENT'],
    ['a folder', directory, 'must be a regular file'],
    ['a device without an end', '/dev/zero', 'must be a regular file'],
  ])('that is %s is refused', (_, given, constraint) => {
    expect(() => readSecretFile(given)).toThrow(`the secret file '${given}' ${constraint}`);
  });

  it('that is a pipe without a writer is refused, not waited for', () => {
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(() => readSecretFile(pipe)).toThrow('must be a regular file');
  });
});

describe('a secret', () => {
  it('is what its file holds now, and a file that is gone for a moment fails only that moment', () => {
    writeFileSync(path, 'old');
    const secret = Secret.fromFile(path);
    expect(secret.read()).toBe('old');
    rmSync(path);
    expect(() => secret.read()).toThrow(SecretError);
    writeFileSync(`${path}.new`, 'new\n');
    renameSync(`${path}.new`, path);
    expect(secret.read()).toBe('new');
  });

  it('given as text follows the same rule', () => {
    expect(Secret.fromText('sesame\n').read()).toBe('sesame');
    expect(() => Secret.fromText('sesame ')).toThrow('the secret must not begin or end with white space');
  });

  it('shows itself nowhere', () => {
    const secret = Secret.fromText('sesame');
    const shown = [
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ secret }, { showHidden: true }),
      messageOf(secret),
    ];
    expect(shown.join()).not.toContain('sesame');
  });
});

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

/** Exit code of the command, and what it says where its reader has left before the first byte. */
function unread(...args: string[]): { code: number; said: string } {
  const script = '"$0" "$@" | exec <&-; exit $PIPESTATUS';
  const { status, stderr } = spawnSync('bash', ['-c', script, process.execPath, main, ...args], {
    encoding: 'utf8',
  });
  return { code: status ?? Number.NaN, said: stderr };
}

it.each([['--help'], ['diff', '--help']])(
  'ends without a word when nobody reads any further: %s',
  (...args) => {
    expect(unread(...args)).toEqual({ code: 0, said: '' });
  },
);

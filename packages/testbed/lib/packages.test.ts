import { expect, test } from 'vitest';
import { missing } from './packages.ts';

test('a package is missing where its file is not there', () => {
  const packages = { socat: '/usr/bin/socat', runc: '/usr/sbin/runc' };
  expect(missing(packages, (file) => file === '/usr/bin/socat')).toEqual(['runc']);
});

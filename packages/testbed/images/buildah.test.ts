import { expect, test } from 'vitest';
import { lookedUpAs, tagOf } from './buildah.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

test('an image that is named with a digest is built under its tag, and found under its digest', () => {
  const pinned = `registry.example:5000/a/b:1.2.3-x@${digest}`;
  expect([tagOf(pinned), lookedUpAs(pinned)]).toEqual([
    'registry.example:5000/a/b:1.2.3-x',
    `registry.example:5000/a/b@${digest}`,
  ]);
  expect(lookedUpAs(`registry.example:5000/a/b@${digest}`)).toBe(`registry.example:5000/a/b@${digest}`);
});

test('an image that is named by a tag keeps it', () => {
  expect([tagOf('registry.example:5000/a/b:1'), lookedUpAs('registry.example:5000/a/b:1')]).toEqual(
    Array(2).fill('registry.example:5000/a/b:1'),
  );
});

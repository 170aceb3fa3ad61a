import { expect, test } from 'vitest';
import { baseArguments, registryOf } from './standin.ts';

test('the arguments that name a base are those that a FROM uses', () => {
  const dockerfile = [
    'ARG BASE=registry.example.com/node:24',
    'ARG BUILD_BASE=node:24',
    'ARG VERSION=1',
    `FROM --platform=linux/amd64 \${BUILD_BASE} AS build`,
    'ARG SERVICE=x',
    'FROM $BASE',
  ].join('\n');
  expect(baseArguments(dockerfile)).toEqual({ BASE: 'registry.example.com/node:24', BUILD_BASE: 'node:24' });
  expect(baseArguments('FROM node:24\n')).toEqual({});
});

test("an image without a host is Docker Hub's", () => {
  expect(['node:24', 'library/node', 'docker.io/library/node:24'].map(registryOf)).toEqual(
    Array(3).fill('registry-1.docker.io'),
  );
  expect(registryOf('gcr.io/distroless/nodejs24')).toBe('gcr.io');
  expect(registryOf('localhost/x')).toBe('localhost');
});

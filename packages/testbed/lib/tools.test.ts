import { expect, test } from 'vitest';
import * as tools from '../tools.ts';
import { requiredVersion, toolDir, toolVersion } from './tools.ts';

test('the version is the one that go.mod requires, in a block or on its own line', () => {
  const own =
    'module a\n\nrequire example.test/x v1.2.3\n\nrequire (\n\texample.test/y v0.1.0 // indirect\n)\n';
  expect(requiredVersion(own, 'example.test/x')).toBe('v1.2.3');
  expect(requiredVersion(own, 'example.test/y')).toBe('v0.1.0');
  expect(() => requiredVersion(own, 'example.test')).toThrow("go.mod requires no version of 'example.test'");
});

test('every tool has a module that requires it, and a cache folder that names tool and version', () => {
  for (const tool of Object.values(tools)) {
    expect(toolDir(tool)).toContain(`/${tool.name}-${toolVersion(tool)}-`);
  }
});

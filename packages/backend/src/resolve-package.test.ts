import { join } from 'node:path';
import { expect, test } from 'vitest';
import { requirePackage, resolvePackage } from './resolve-package.js';

test('an installed package is found with its version and runs', () => {
  const found = resolvePackage('@tensorflow/tfjs-backend-cpu');
  expect(found?.version).toMatch(/^4\./);
  expect(found?.folder.endsWith(join('@tensorflow', 'tfjs-backend-cpu'))).toBe(true);
  expect(found && requirePackage(found)).toHaveProperty('version_cpu');
});

test('a package that is not installed is undefined', () => {
  expect(resolvePackage('@tensorflow/no-such-package')).toBeUndefined();
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { root } from './run.mjs';
import { ownProcess, tensorReach, testFiles } from './test-files.mjs';

/** A repository of these files, with one package, @made/up. */
function repository(files) {
  const folder = mkdtempSync(join(tmpdir(), 'stargan-test-files-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const manifest = { name: '@made/up', exports: { '.': { types: './dist/index.d.ts' } } };
  const all = {
    'pnpm-workspace.yaml': 'packages:\n  - packages/*\n',
    'packages/up/package.json': JSON.stringify(manifest),
    'examples/a.js': '',
    ...files,
  };
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

test('a file that imports tensorflow.js through others, or when it runs, reaches it; types do not count', () => {
  const folder = repository({
    'packages/up/src/index.ts': "export { deep } from './deep.js';\n",
    'packages/up/src/deep.ts': "import { add } from '@tensorflow/tfjs-core';\nexport const deep = add;\n",
    'a.test.ts': "import {\n  deep,\n} from '@made/up';\n",
    'b.test.ts': "import type { Tensor } from '@tensorflow/tfjs-core';\nimport type { deep } from '@made/up';\n",
    'c.test.ts': "const later = () => import('@made/up');\n",
  });
  const reaches = tensorReach(folder);
  expect(['a', 'b', 'c'].map((name) => reaches(`${name}.test.ts`))).toEqual([true, false, true]);
});

test('tests are found in every workspace and among the scripts', () => {
  const folder = repository({
    'packages/up/src/index.ts': '',
    'packages/up/src/x/a.test.ts': '',
    'examples/b.test.ts': '',
    'scripts/c.test.mjs': '',
  });
  expect(testFiles(folder)).toEqual(['examples/b.test.ts', 'packages/up/src/x/a.test.ts', 'scripts/c.test.mjs']);
});

test('files that name tensorflow.js get a runtime, and those of folders alone do not', () => {
  const reaches = tensorReach(root);
  expect(reaches('packages/optimizers/src/adam.test.ts')).toBe(true);
  expect(reaches('packages/random/src/random.test.ts')).toBe(false);
});

test('a file that replaces a module, or says so, is alone in its process', () => {
  const folder = repository({
    'a.test.ts': "vi.mock('node:fs', () => ({}));\n",
    'b.test.ts': "import { it } from 'vitest';\n\n// In a process of its own: it counts all tensors.\n",
    'c.test.ts': "it('says in a process of its own: nothing', () => vi.stubEnv('A', '1'));\n",
  });
  const isAlone = ownProcess(folder);
  expect(['a', 'b', 'c'].map((name) => isAlone(`${name}.test.ts`))).toEqual([true, true, false]);
});

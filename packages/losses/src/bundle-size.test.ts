import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import * as losses from './index.js';

const folder = fileURLToPath(new URL('..', import.meta.url));

/** What a bundler keeps of the built package for this import; tfjs-core stays outside, as its users have it anyway. */
async function bundle(code: string): Promise<{ bytes: number; files: string[]; tapeBytes: number }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: folder },
    bundle: true,
    minify: true,
    format: 'esm',
    external: ['@tensorflow/tfjs-core'],
    write: false,
    metafile: true,
    absWorkingDir: folder,
    // It warns that the import of nothing is left out, which is what the last test is about.
    logLevel: 'error',
  });
  const kept = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
  );
  const tapeBytes = kept.find(([path]) => path.endsWith('twice-differentiable.js'))?.[1].bytesInOutput ?? 0;
  return {
    tapeBytes,
    bytes: outputFiles[0]!.contents.length,
    files: kept
      .map(([path]) => path.replace(/^dist\/|\.js$/g, ''))
      .filter((path) => path !== '<stdin>')
      .sort(),
  };
}

const one = (name: string): ReturnType<typeof bundle> => bundle(`export { ${name} } from './dist/index.js';`);

test('importing one loss bundles that loss, not the library', async () => {
  const whole = await bundle("export * from './dist/index.js';");
  const sizes: [name: string, bytes: number][] = [];
  for (const name of Object.keys(losses)) {
    // Penalties also bring what looks at the tape for gradients that tensorflow.js gets wrong.
    const { bytes, tapeBytes } = await one(name);
    sizes.push([name, bytes - tapeBytes]);
  }
  // The table of all families is the one export that holds several losses on purpose.
  for (const [name, bytes] of sizes) expect(bytes, name).toBeLessThan(whole.bytes / (name === 'adversarialFamilies' ? 2 : 5));
});

test('no file is kept that the loss does not use', async () => {
  expect((await one('realHingeLoss')).files).toEqual([
    'adversarial',
    'internal/one-core',
    'internal/shapes',
    'internal/tensors',
    'reduction',
  ]);
  expect((await one('cycleConsistencyLoss')).files).toEqual([
    'internal/absolute',
    'internal/mean-absolute-difference',
    'internal/one-core',
    'internal/shapes',
    'internal/tensors',
    'reconstruction',
    'reduction',
  ]);
  expect((await one('lazyAdamRates')).files).toEqual(['internal/numbers', 'lazy-regularization']);
});

test('importing nothing by name keeps nothing', async () => {
  expect((await bundle("import './dist/index.js';")).bytes).toBe(0);
});

test('the README says how large it is', async () => {
  const said = /`realHingeLoss` alone is ([\d.]+) kB minified, everything\s+([\d.]+) kB/.exec(readFileSync(`${folder}README.md`, 'utf8'));
  const measured = [(await one('realHingeLoss')).bytes, (await bundle("export * from './dist/index.js';")).bytes];
  expect(said?.slice(1)).toEqual(measured.map((bytes) => (bytes / 1000).toFixed(1)));
});

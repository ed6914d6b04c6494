// Loads a tfjs-node package, then the fused kernels, and runs some with known results:
// verify-kernels.js PACKAGE_FOLDER KERNELS
// A program of its own, because code for another processor ends the process that runs it.
import { createRequire } from 'node:module';
import util from 'node:util';
import { expectValues } from './expect-values.js';

util.isNullOrUndefined ??= (value) => value === null || value === undefined;

const [folder, kernels] = process.argv.slice(2);
const require = createRequire(import.meta.url);
try {
  const tf = require(folder);
  const { operations } = require(kernels);
  const backend = tf.backend();
  const float = (name, value) => ({ name, type: backend.binding.TF_ATTR_FLOAT, value });
  const a = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 2, 2]);
  expectValues('StarganResidualSum', backend.executeSingleOutput('StarganResidualSum', [float('scale', 0.5)], [a, a]), [1, 2, 3, 4, 5, 6, 7, 8]);
  // Mean 4 and 5, variance 5, so x − mean is −3, −1, 1, 3; scale √5 takes the deviation out again.
  const norm = [float('epsilon', 0), float('slope', 0.5), float('offset', 0)];
  const scale = tf.fill([2], Math.sqrt(5));
  const normalized = backend.executeSingleOutput('StarganInstanceNormalization', norm, [a, scale, tf.zeros([2])]);
  expectValues('StarganInstanceNormalization', tf.round(tf.mul(normalized, 1000)), [-1500, -1500, -500, -500, 1000, 1000, 3000, 3000]);
  console.log(JSON.stringify({ operations }));
} catch (error) {
  console.error(error instanceof Error ? error.message.split('\n')[0] : String(error));
  process.exitCode = 1;
}

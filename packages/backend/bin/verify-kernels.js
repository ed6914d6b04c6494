// Loads a tfjs-node package, then the fused kernels, and compares each with composed operations:
// verify-kernels.js PACKAGE_FOLDER KERNELS
// A program of its own, because code for another processor ends the process that runs it.
import { createRequire } from 'node:module';
import util from 'node:util';
import { fusedOperations } from '@stargan/ops/fused';
import { launchNative } from '../dist/launch-native.js';
import { verifyKernel } from '../dist/verify-kernels.js';

util.isNullOrUndefined ??= (value) => value === null || value === undefined;

const [folder, kernels] = process.argv.slice(2);
const require = createRequire(import.meta.url);
try {
  const tf = require(folder);
  const { operations } = require(kernels);
  const run = (operation, inputs, attributes) =>
    [launchNative(operation, tf.backend(), inputs, attributes)].flat().map((output) => tf.engine().makeTensorFromTensorInfo(output));
  for (const name of operations) {
    const operation = fusedOperations.find(({ kernelName }) => kernelName === name);
    if (operation === undefined) throw new Error(`${name} has no descriptor in @stargan/ops/fused`);
    verifyKernel(operation, run);
  }
  console.log(JSON.stringify({ operations }));
} catch (error) {
  console.error(error instanceof Error ? error.message.split('\n')[0] : String(error));
  process.exitCode = 1;
}

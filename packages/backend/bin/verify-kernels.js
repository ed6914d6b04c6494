// Loads a tfjs-node package, then the fused kernels, and compares each with composed operations:
// verify-kernels.js PACKAGE_FOLDER KERNELS
// A program of its own, because code for another processor ends the process that runs it.
import { createRequire } from 'node:module';
import util from 'node:util';
import { verifyKernel } from './kernel-references.js';

util.isNullOrUndefined ??= (value) => value === null || value === undefined;

const [folder, kernels] = process.argv.slice(2);
const require = createRequire(import.meta.url);
try {
  const tf = require(folder);
  const { operations } = require(kernels);
  const backend = tf.backend();
  const run = (name, attributes, inputs, outputs) => {
    const given = Object.entries(attributes).map(([key, value]) => ({
      name: key,
      type: key === 'N' ? backend.binding.TF_ATTR_INT : backend.binding.TF_ATTR_FLOAT,
      value,
    }));
    return backend.executeMultipleOutputs(name, given, inputs, outputs).map((output) => tf.engine().makeTensorFromTensorInfo(output));
  };
  for (const name of operations) verifyKernel(tf, name, run);
  console.log(JSON.stringify({ operations }));
} catch (error) {
  console.error(error instanceof Error ? error.message.split('\n')[0] : String(error));
  process.exitCode = 1;
}

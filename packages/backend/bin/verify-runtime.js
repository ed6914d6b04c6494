// Loads a tfjs-node package and runs operations with known results: verify-runtime.js PACKAGE_FOLDER
// A program of its own, because a library that does not suit the machine ends the process that loads it.
import { createRequire } from 'node:module';
import util from 'node:util';
import { expectValues } from './expect-values.js';

util.isNullOrUndefined ??= (value) => value === null || value === undefined;

const folder = process.argv[2];
try {
  const tf = createRequire(import.meta.url)(folder);
  const product = tf.matMul(
    [
      [1, 2],
      [3, 4],
    ],
    [
      [5, 6],
      [7, 8],
    ],
  );
  expectValues('matMul', product, [19, 22, 43, 50]);
  const image = tf.reshape(tf.range(1, 10), [1, 3, 3, 1]);
  expectValues('conv2d', tf.conv2d(image, tf.ones([2, 2, 1, 1]), 1, 'valid'), [12, 16, 24, 28]);
  const backend = tf.backend();
  const { binding } = backend;
  console.log(JSON.stringify({ tensorflow: binding.TF_Version, gpu: backend.isUsingGpuDevice, functions: makesFunctions() }));

  /** Whether the addon makes functions, and they compute: 2 · x as one. An addon that was there before has none. */
  function makesFunctions() {
    if (typeof binding.defineFunction !== 'function') return false;
    const twice = { name: 'AddV2', attributes: [], inputs: [0, 0], outputs: 1, after: [], apart: -1 };
    const input = { dtype: binding.TF_FLOAT, shape: [2] };
    binding.defineFunction('verify', { inputs: [input], constants: [], operations: [twice], outputs: [1] });
    const [result] = binding.executeOp('verify', [], backend.getInputTensorIds([tf.tensor1d([1, 3])]), 1);
    expectValues('a function', backend.createOutputTensor(result), [2, 6]);
    return true;
  }
} catch (error) {
  console.error(error instanceof Error ? error.message.split('\n')[0] : String(error));
  process.exitCode = 1;
}

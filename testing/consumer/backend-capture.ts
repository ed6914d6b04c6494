import * as tf from '@tensorflow/tfjs';
import {
  capture,
  CaptureError,
  collectGarbage,
  whyNotCaptured,
  type Captured,
  type CaptureOptions,
  type CaptureStatistics,
  type Executor,
  type FunctionOrder,
} from '@stargan/backend';

const order: FunctionOrder = { lookAhead: 16, lookAheadBytes: 2 ** 24, keepRepeated: undefined };
const executor: Executor = 'parallel';
const options: CaptureOptions = { ...order, executor, maxSignatures: 2, onPlain: undefined };

// Ranks and names of arguments and results are those of the function.
const halve: Captured<[x: tf.Tensor2D, scale: tf.Scalar], { half: tf.Tensor2D; name: string }> = capture(
  (x: tf.Tensor2D, scale: tf.Scalar) => ({ half: tf.mul<tf.Tensor2D>(x, scale), name: 'half' }),
  options,
);
try {
  const half: tf.Tensor2D = halve(tf.ones([2, 2]), tf.scalar(0.5)).half;
  half.dispose();
} catch (error) {
  if (error instanceof CaptureError) console.log(error.message, error.name);
}
const statistics: CaptureStatistics = halve.statistics();
console.log(statistics.recorded, statistics.replayed, statistics.plain, statistics.operations, whyNotCaptured());
halve.dispose();
collectGarbage();

import * as tf from '@tensorflow/tfjs';
import {
  buildNetworks,
  buildOptimizers,
  defaultsOf,
  initialState,
  labelForm,
  tensorBatch,
  trainingFields,
  trainingIteration,
  type AugmentationDraw,
  type Compile,
  type Compiled,
  type CompileOptions,
  type Factors,
  type IterationOptions,
  type LabelForm,
  type NonFiniteTensor,
  type TrainingIteration,
} from '@stargan/training';

// Another way of compiling than `capture`: none.
const compile: Compile = <Arguments extends unknown[], Result>(
  f: (...given: Arguments) => Result,
  options?: CompileOptions,
): Compiled<Arguments, Result> => {
  console.log(options?.saveMemory);
  return Object.assign((...given: Arguments) => f(...given), { dispose: () => undefined });
};
const config = { ...defaultsOf(trainingFields), imageSize: 16 };
const networks = buildNetworks(config, 2);
const optimizers = buildOptimizers(config);
const state = initialState(networks, optimizers, 1);
const options: IterationOptions = { config, compile };
const iteration: TrainingIteration = trainingIteration(networks, optimizers, options);
const images = new Float32Array(16 * 16 * 3);
const labels: LabelForm = labelForm(2);
const decoded = { iteration: 0, source: { images, domains: [0] }, reference: { images, images2: images, domains: [1] } };
const batch = tensorBatch(decoded, 16, config.latentDim, 1, 'r1', labels);
const losses: Record<string, number> = iteration.run(state, batch);
const fault: NonFiniteTensor | undefined = iteration.findNonFinite(state);
iteration.dispose();

const draw: AugmentationDraw = { real: tf.zeros([1, 8]), fake: tf.zeros([1, 8]), probability: tf.scalar(0) };
const factors: Factors = { ds: tf.scalar(-1) };
const constants: tf.Tensor1D = optimizers.generator.stepConstants(1);
console.log(losses, fault, draw, factors, constants);

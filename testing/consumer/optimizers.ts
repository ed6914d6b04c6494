import * as tf from '@tensorflow/tfjs';
import {
  adam,
  adamStateFromTensors,
  adamStateToTensors,
  exponentialMovingAverage,
  linearDecay,
  type Adam,
  type AdamOptions,
  type AdamState,
  type AdamUpdate,
  type Layout,
  type Named,
  type NamedAdamState,
  type Parameters,
  type Updated,
} from '@stargan/optimizers';
import { realHingeLoss } from '@stargan/losses';
import { valueAndGradients } from '@stargan/ops';

const options: AdamOptions = { learningRate: 1e-3, beta1: 0.5, beta2: 0.999, epsilon: 1e-8, weightDecay: undefined };
const optimizer: Adam = adam(options);

// Names and ranks are those of the record that was passed in.
let parameters = { w: tf.tensor2d([[0, 10]]), b: tf.scalar(1) };
let average = tf.tidy(() => ({ w: tf.clone(parameters.w), b: tf.clone(parameters.b) }));
let state: AdamState = optimizer.init(parameters);
for (let step = 0; step < 3; step++) {
  const { value, gradients } = valueAndGradients(({ w, b }) => realHingeLoss(tf.add(w, b)), parameters);
  const next = optimizer.update(parameters, gradients, state);
  const nextAverage = exponentialMovingAverage(average, next.parameters, 0.9);
  tf.dispose([value, gradients, parameters, average, state]);
  ({ parameters, state } = next);
  average = nextAverage;
}
const learnt: tf.Tensor2D = parameters.w;

// Updates leave tf.tidy and enter tf.dispose.
const update: AdamUpdate<{ w: tf.Tensor2D }> = tf.tidy(() => optimizer.update({ w: learnt }, { w: learnt }, optimizer.init({ w: learnt })));
tf.dispose(update);

// Variables and any record by name.
const variables: Parameters = Object.fromEntries([tf.variable(tf.zeros([2]))].map((variable) => [variable.name, variable]));
const moved: Updated<typeof variables> = optimizer.update(variables, variables, optimizer.init(variables)).parameters;
for (const [name, tensor] of Object.entries(moved)) console.log(name, tensor.shape);
const one = tf.variable(tf.zeros<tf.Rank.R1>([2]));
const plain: tf.Tensor1D = optimizer.update({ one }, { one }, optimizer.init({ one })).parameters.one;
one.assign(plain);

const saved: NamedAdamState = adamStateToTensors(state, parameters);
const typed = adamStateToTensors(state, parameters);
const first: tf.Tensor2D = typed.first.w;
const gradients: Named<{ first: tf.Tensor2D }> = { first };
const layout: Layout = adamStateFromTensors(saved, parameters).layout;
console.log(layout.names, linearDecay(2, 100, 25), gradients);

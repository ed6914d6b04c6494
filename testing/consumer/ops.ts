import * as tf from '@tensorflow/tfjs';
import {
  activate,
  adaptiveInstanceNormalization,
  addBias,
  affine,
  addBiasLeakyRelu,
  averagePool2x2,
  conv2d,
  conv2dOutputShape,
  conv2dThenAveragePool,
  conv2dTranspose,
  defineOperation,
  highPass,
  instanceNormalization,
  leakyRelu,
  plainly,
  recompute,
  residualSum,
  interpolateBilinear,
  selectRows,
  sigmoid,
  softplus,
  stopGradient,
  tanh,
  unrecorded,
  upsampleNearest2x,
  upsampleThenConv2d,
  valueAndGradients,
  vjp,
  winogradConv2d,
  winogradConv2dThenAveragePool,
  winogradConv2dThenResidualSum,
  winogradUpsampleThenConv2d,
  withoutGradients,
  type BiasedActivation,
  type Compile,
  type Compiled,
  type CompileOptions,
  type ConvolutionOptions,
  type InputActivation,
  type NamedTensors,
  type NormalizationOptions,
  type NormalizedActivation,
  type Operation,
  type OperationDefinition,
  type Parameters,
  type ValueAndGradients,
  type ValueWithAuxiliary,
  type VectorJacobianProduct,
} from '@stargan/ops';
import { realHingeLoss } from '@stargan/losses';

const images = tf.randomNormal<tf.Rank.R4>([2, 8, 8, 3]);
const filter = tf.randomNormal([3, 3, 3, 4]);
const options: ConvolutionOptions = { stride: 2, padding: undefined };
const normalization: NormalizationOptions = { slope: 0.2 };
const biased: BiasedActivation = { bias: undefined, slope: 0.2 };
const activation: InputActivation = biased;
const normalized: NormalizedActivation = { scale: tf.ones([3]), shift: tf.zeros([3]), adaptive: undefined, slope: 0.2 };

const maps: tf.Tensor4D[] = [
  conv2d(images, filter, options),
  conv2dTranspose(images, tf.zeros([3, 3, 4, 3]), { stride: 2 }),
  conv2dThenAveragePool(images, filter),
  upsampleThenConv2d(images, filter),
  winogradConv2d(images, filter, activation),
  activate(images, normalized),
  winogradConv2dThenAveragePool(images, filter),
  winogradConv2dThenResidualSum(images, filter, tf.zeros([4]), tf.zeros([2, 8, 8, 4]), Math.SQRT1_2),
  winogradUpsampleThenConv2d(images, filter),
  averagePool2x2(images),
  upsampleNearest2x(images),
  interpolateBilinear(images, [4, 4]),
  highPass(images, 1),
  instanceNormalization(images, tf.ones([3]), tf.zeros([3]), normalization),
  adaptiveInstanceNormalization(images, tf.ones([2, 3]), tf.zeros([2, 3])),
  leakyRelu(images, 0.2),
  sigmoid(images),
  softplus(images),
  tanh(images),
  residualSum(images, images, 0.5),
  addBias(images, tf.zeros([3])),
  addBiasLeakyRelu(images, tf.zeros([3])),
  withoutGradients(() => averagePool2x2(images)),
  recompute(({ x }) => averagePool2x2(x), { x: images }),
  stopGradient(images),
  unrecorded(() => averagePool2x2(images)),
];
tf.dispose(maps);
const shape: [number, number, number, number] = conv2dOutputShape([2, 8, 8, 3], [3, 3, 3, 4], { stride: 2 });
tf.zeros(shape).dispose();
const rows: tf.Tensor2D = selectRows(affine(tf.zeros([2, 3]), tf.zeros([3, 4]), tf.zeros([4])), [1, 0]);
rows.dispose();

// Our losses are what our gradients are taken of; gradients have the names of the parameters.
const weights = { filter, x: tf.variable(tf.tensor1d([0.5])) };
const result: ValueAndGradients<'filter' | 'x'> = valueAndGradients(({ x }) => realHingeLoss(x), weights);
const gradient: tf.Tensor = result.gradients.filter;
gradient.print();
tf.dispose(tf.tidy(() => valueAndGradients(({ x }) => realHingeLoss(x), weights)));
tf.dispose(result);
const more: ValueWithAuxiliary = { value: realHingeLoss(weights.x), auxiliary: { logits: weights.x } };
tf.dispose(more);
const named: Parameters = weights;
tf.keep(valueAndGradients(() => more, named).value);
const product: VectorJacobianProduct<typeof weights, { logits: tf.Tensor }> = vjp(({ x }) => ({ logits: tf.square(x) }), weights);
const loss = valueAndGradients(({ logits }) => realHingeLoss(logits), product.values);
tf.dispose(product.values);
tf.dispose(product.pullback(loss.gradients).filter);
product.dispose();

const definition: OperationDefinition<{ x: tf.Tensor }, { factor: number }> = {
  name: 'Scale',
  forward: ({ x }, { factor }) => tf.mul(x, factor),
  saved: [],
  gradients: (dy, _, { factor }) => ({ x: () => scale({ x: dy }, { factor }) }),
};
const scale: Operation<{ x: tf.Tensor }, { factor: number }> = defineOperation(definition);
const inputs: NamedTensors & { x: tf.Tensor } = { x: images };
scale(inputs, { factor: 2 }).dispose();

const compile: Compile = plainly;
const saving: CompileOptions = { saveMemory: true };
const squared: Compiled<[tf.Tensor], tf.Tensor> = compile((x: tf.Tensor) => tf.square(x), saving);
squared(tf.scalar(3)).print();
squared.dispose();

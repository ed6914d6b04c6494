import {
  abs,
  add,
  backend_util,
  cast,
  conv2d,
  depthwiseConv2d,
  elu,
  fill,
  greater,
  isNaN,
  leakyRelu,
  matMul,
  maximum,
  minimum,
  mul,
  ones,
  prelu,
  relu,
  relu6,
  rsqrt,
  scalar,
  sigmoid,
  sub,
  tidy,
  where,
} from '@tensorflow/tfjs-core';
import type { NamedAttrMap, Tensor, Tensor4D, TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs, KernelOutputs } from './shape-rule.js';
import { broadcast } from './shape-rules/elementwise.js';
import { reduction } from './shape-rules/reductions.js';

/**
 * Accounts for one launch and gives its outputs.
 *
 * @param shared data id in whose memory they are; their own by default
 */
export type Launcher = (launch: KernelOutputs, inputs: KernelInputs, shared?: object) => TensorInfo[];

/** What a composition does besides calling other kernels. */
export interface Launches {
  readonly launch: Launcher;
  /** Frees an output. */
  readonly release: (output: TensorInfo) => void;
}

/** A kernel that tfjs-node makes of others, with intermediate tensors of their own. */
type Composition = (inputs: KernelInputs, attributes: NamedAttrMap, launches: Launches) => TensorInfo | TensorInfo[];

const ACTIVATIONS: Readonly<Record<string, (x: Tensor, weights: Tensor | undefined, alpha: number) => Tensor>> = {
  linear: (x) => x,
  relu: (x) => relu(x),
  relu6: (x) => relu6(x),
  elu: (x) => elu(x),
  sigmoid: (x) => sigmoid(x),
  leakyrelu: (x, _, alpha) => leakyRelu(x, alpha),
  prelu: (x, weights) => prelu(x, weights!),
};

/** Bias and activation after a product, each a launch. */
function finished(result: Tensor, inputs: KernelInputs, { activation, leakyreluAlpha }: NamedAttrMap): Tensor {
  const biased = inputs.bias === undefined ? result : add(result, inputs.bias as Tensor);
  const activate = ACTIVATIONS[(activation as string | null | undefined) ?? 'linear'];
  if (activate === undefined) throw new Error(`planMemory: activation ${activation as string} is not known`);
  return activate(biased, inputs.preluActivationWeights as Tensor | undefined, Number(leakyreluAlpha ?? 0.2));
}

const fused =
  (product: (inputs: KernelInputs, attributes: NamedAttrMap) => Tensor): Composition =>
  (inputs, attributes) =>
    tidy(() => finished(product(inputs, attributes), inputs, attributes));

/** The kernels that tfjs-node composes, for what they hold in memory at their last launch, and those whose output has another type there. */
export const nativeCompositions: Readonly<Record<string, Composition>> = {
  Mean: (inputs, attributes, { launch }) => {
    // A float32 input is cast to float32: a second tensor in the same memory.
    const x = cast(inputs.x as Tensor, 'float32');
    const mean = launch(reduction('float32')({ x }, attributes), { x });
    x.dispose();
    return mean;
  },
  // Its type is that of its inputs, and int32 on other backends.
  FloorDiv: (inputs, attributes, { launch }) => launch(broadcast()(inputs, attributes), inputs),
  Step: (inputs, { alpha }, { launch }) => {
    const x = inputs.x as Tensor;
    const { shape, dtype } = x;
    let stepped: TensorInfo[] = [];
    tidy(() => {
      const unknown = isNaN(x);
      const known = where(greater(x, scalar(0, dtype)), ones(shape), fill(shape, Number(alpha), dtype as 'float32'));
      stepped = launch({ outputs: [shape], dtype }, { unknown, x, known });
    });
    return stepped;
  },
  Pow: (inputs, attributes, { launch }) => {
    const dtype = backend_util.upcastType(inputs.a!.dtype, inputs.b!.dtype);
    let power: TensorInfo[] = [];
    tidy(() => {
      const [a, b] = [cast(inputs.a as Tensor, dtype), cast(inputs.b as Tensor, dtype)];
      power = launch(broadcast()({ a, b }, attributes), { a, b });
    });
    return power;
  },
  ClipByValue: (inputs, { clipValueMin, clipValueMax }) => {
    const x = inputs.x as Tensor;
    return tidy(() => maximum(minimum(x, scalar(Number(clipValueMax), x.dtype)), scalar(Number(clipValueMin), x.dtype)));
  },
  Prelu: (inputs) => {
    const [x, alpha] = [inputs.x as Tensor, inputs.alpha as Tensor];
    return tidy(() => add(relu(x), mul(mul(alpha, sub(x, abs(x))), 0.5)));
  },
  FusedBatchNorm: (inputs, { varianceEpsilon }, { launch, release }) => {
    const { x, mean, variance, scale, offset } = inputs as Record<string, Tensor | undefined>;
    if (mean!.rank > 1)
      return tidy(() => {
        const root = rsqrt(add(variance!, scalar(Number(varianceEpsilon))));
        const standard = mul(sub(x!, mean!), scale === undefined ? root : mul(root, scale));
        return offset === undefined ? standard : add(standard, offset);
      });
    const channels = x!.shape.slice(-1);
    let normalized: TensorInfo[] = [];
    tidy(() => {
      const given = { scale: scale ?? fill(channels, 1), offset: offset ?? fill(channels, 0) };
      // Four statistics beside the result, which are freed at once.
      normalized = launch({ outputs: [x!.shape, channels, channels, channels, channels] }, { x: x!, ...given });
    });
    normalized.slice(1).forEach(release);
    return normalized[0]!;
  },
  _FusedMatMul: fused(({ a, b }, { transposeA, transposeB }) => matMul(a as Tensor, b as Tensor, transposeA === true, transposeB === true)),
  FusedConv2D: fused(({ x, filter }, { strides, pad, dilations, dimRoundingMode }) =>
    conv2d(
      x as Tensor4D,
      filter as Tensor4D,
      strides as [number, number],
      pad as 'same',
      'NHWC',
      dilations as [number, number],
      dimRoundingMode as 'floor' | undefined,
    ),
  ),
  FusedDepthwiseConv2D: fused(({ x, filter }, { strides, pad, dilations, dimRoundingMode }) =>
    depthwiseConv2d(
      x as Tensor4D,
      filter as Tensor4D,
      strides as [number, number],
      pad as 'same',
      'NHWC',
      dilations as [number, number],
      dimRoundingMode as 'floor' | undefined,
    ),
  ),
  // An operation of `@stargan/ops` for which TensorFlow has a kernel of its own.
  StarganLeakyReluGradient: ({ dy }, _, { launch }) => launch({ outputs: [dy!.shape] }, { dy: dy! }),
};

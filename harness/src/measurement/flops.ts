/** A tensor's shape. */
export type Shape = readonly number[];

/** One launch of a kernel, by what settles its arithmetic. */
export interface KernelLaunch {
  readonly kernel: string;
  /** Shapes of the inputs by their role: `x`, `filter`, `dy`, `a`, `b`. */
  readonly inputs: Readonly<Record<string, Shape>>;
  /** Shape of the (first) output. */
  readonly output: Shape;
  /** Matrix products: the left side is read transposed. */
  readonly transposeA: boolean;
}

type Formula = (launch: KernelLaunch) => number;

const size = (shape: Shape): number => shape.reduce((product, n) => product * n, 1);

function inputShape({ kernel, inputs }: KernelLaunch, role: string): Shape {
  const shape = inputs[role];
  if (shape === undefined)
    throw new Error(`flopsOf: ${kernel} must have an input ${role}, got ${Object.keys(inputs).join(', ') || 'none'}`);
  return shape;
}

/** Multiplications per output pixel and channel of a filter [height, width, in, out]. */
const taps = (filter: Shape): number => size(filter.slice(0, 3));
/** The same for a depthwise filter [height, width, in, multiplier]. */
const depthwiseTaps = (filter: Shape): number => size(filter.slice(0, 2));

const convolution: Formula = (launch) => 2 * size(launch.output) * taps(inputShape(launch, 'filter'));
const depthwise: Formula = (launch) => 2 * size(launch.output) * depthwiseTaps(inputShape(launch, 'filter'));
const matrixProduct: Formula = (launch) => 2 * size(launch.output) * inputShape(launch, 'a').at(launch.transposeA ? -2 : -1)!;

/**
 * Products of minimal filtering, between the feature maps on both sides of a filter: 6×6 for 4×4 pixels, or 5×5 for
 * 2×2 pixels of the smaller map where the other one has twice its size. The transforms of tiles and filters are
 * elementwise work and count 0, like other such kernels.
 */
function winograd({ output }: KernelLaunch, from: Shape, filter: Shape, to: Shape = output): number {
  const [products, pixels] = from[1] === to[1] ? [36, 4] : [25, 2];
  const [batch, height, width] = from[1]! <= to[1]! ? from : to;
  return 2 * products * batch! * Math.ceil(height! / pixels) * Math.ceil(width! / pixels) * size(filter.slice(2));
}

// Two per multiply-and-add. Zeros of the padding are counted like other pixels, as is customary. A gradient
// multiplies as often as the convolution itself: every pixel of dy meets every tap.
const formulas: Readonly<Record<string, Formula>> = {
  Conv2D: convolution,
  FusedConv2D: convolution,
  _FusedConv2D: convolution,
  Conv2DBackpropInput: (launch) => 2 * size(inputShape(launch, 'dy')) * taps(inputShape(launch, 'filter')),
  Conv2DBackpropFilter: (launch) => 2 * size(inputShape(launch, 'dy')) * taps(launch.output),
  DepthwiseConv2dNative: depthwise,
  FusedDepthwiseConv2D: depthwise,
  DepthwiseConv2dNativeBackpropInput: (launch) => 2 * size(inputShape(launch, 'dy')) * depthwiseTaps(inputShape(launch, 'filter')),
  DepthwiseConv2dNativeBackpropFilter: (launch) => 2 * size(inputShape(launch, 'dy')) * depthwiseTaps(launch.output),
  StarganWinogradConvolution: (launch) => winograd(launch, inputShape(launch, 'x'), inputShape(launch, 'filter')),
  StarganWinogradConvolutionInputGradient: (launch) => winograd(launch, inputShape(launch, 'dy'), inputShape(launch, 'filter')),
  StarganWinogradConvolutionFilterGradient: (launch) => winograd(launch, inputShape(launch, 'x'), launch.output, inputShape(launch, 'dy')),
  MatMul: matrixProduct,
  BatchMatMul: matrixProduct,
  BatchMatMulV2: matrixProduct,
  _FusedMatMul: matrixProduct,
};

/**
 * Floating-point operations of a convolution or matrix product: two per multiply-and-add. Other kernels count 0:
 * their time is memory traffic, not arithmetic.
 *
 * @throws when the name says that the kernel is a convolution or matrix product and there is no formula for it, so
 *   that a new kernel is never counted as free
 */
export function flopsOf(launch: KernelLaunch): number {
  const formula = Object.hasOwn(formulas, launch.kernel) ? formulas[launch.kernel] : undefined;
  if (formula !== undefined) return formula(launch);
  if (/conv\dd|matmul|einsum|winograd/i.test(launch.kernel)) {
    throw new Error(
      `flopsOf: no formula for kernel ${launch.kernel}; add one to its table (there are ${Object.keys(formulas).join(', ')})`,
    );
  }
  return 0;
}

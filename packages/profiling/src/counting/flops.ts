import { fusedOperations, type FusedOperation, type Shape } from '@stargan/ops/fused';

/** One launch of a kernel, by what settles its arithmetic. */
export interface KernelLaunch {
  /** Name of the kernel: `Conv2D`. */
  readonly kernel: string;
  /** Shapes of the inputs by their role: `x`, `filter`, `dy`, `a`, `b`. */
  readonly inputs: Readonly<Record<string, Shape>>;
  /** Shape of the (first) output. */
  readonly output: Shape;
  /** Numbers and switches of the launch; of matrix products `transposeA` is read, of fused operations what they declare. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** FLOPs of a launch, two per multiply-and-add. */
export type FlopFormula = (launch: KernelLaunch) => number;

const size = (shape: Shape): number => shape.reduce((product, n) => product * n, 1);

function inputShape({ kernel, inputs }: KernelLaunch, role: string): Shape {
  const shape = inputs[role];
  if (shape === undefined)
    throw new Error(`flopsOf: ${kernel} must have an input ${role}, got ${Object.keys(inputs).join(', ') || 'none'}`);
  return shape;
}

/** Multiplications per output pixel and channel of a filter [height, width, in, out], or of one with a depth before these. */
const taps = (filter: Shape): number => size(filter.slice(0, -1));
/** The same for a depthwise filter [height, width, in, multiplier]. */
const depthwiseTaps = (filter: Shape): number => size(filter.slice(0, 2));

const convolution: FlopFormula = (launch) => 2 * size(launch.output) * taps(inputShape(launch, 'filter'));
const depthwise: FlopFormula = (launch) => 2 * size(launch.output) * depthwiseTaps(inputShape(launch, 'filter'));
const matrixProduct: FlopFormula = (launch) =>
  2 * size(launch.output) * inputShape(launch, 'a').at(launch.attributes.transposeA === true ? -2 : -1)!;

// Two per multiply-and-add. Zeros of the padding are counted like other pixels, as is customary. A gradient
// multiplies as often as the convolution itself: every pixel of dy meets every tap.
const formulas: Readonly<Record<string, FlopFormula>> = {
  Conv2D: convolution,
  FusedConv2D: convolution,
  _FusedConv2D: convolution,
  Conv2DBackpropInput: (launch) => 2 * size(inputShape(launch, 'dy')) * taps(inputShape(launch, 'filter')),
  Conv2DBackpropFilter: (launch) => 2 * size(inputShape(launch, 'dy')) * taps(launch.output),
  Conv3D: convolution,
  Conv3DBackpropInputV2: (launch) => 2 * size(inputShape(launch, 'dy')) * taps(inputShape(launch, 'filter')),
  Conv3DBackpropFilterV2: (launch) => 2 * size(inputShape(launch, 'dy')) * taps(launch.output),
  DepthwiseConv2dNative: depthwise,
  FusedDepthwiseConv2D: depthwise,
  DepthwiseConv2dNativeBackpropInput: (launch) => 2 * size(inputShape(launch, 'dy')) * depthwiseTaps(inputShape(launch, 'filter')),
  DepthwiseConv2dNativeBackpropFilter: (launch) => 2 * size(inputShape(launch, 'dy')) * depthwiseTaps(launch.output),
  MatMul: matrixProduct,
  BatchMatMul: matrixProduct,
  BatchMatMulV2: matrixProduct,
  _FusedMatMul: matrixProduct,
};

const registered = new Map<string, FlopFormula>();

/**
 * Says what arithmetic a kernel takes, for convolutions and matrix products that {@link flopsOf} does not know. The
 * formula holds from then on, and takes the place of one that there is.
 *
 * ```js
 * registerFlopFormula('Einsum', ({ inputs, output }) => 2 * util.sizeFromShape([...output]) * inputs[0].at(-1));
 * ```
 *
 * @param kernelName as in the error message: `Einsum`
 * @param formula of the launch's shapes
 * @returns takes the formula away again
 */
export function registerFlopFormula(kernelName: string, formula: FlopFormula): () => void {
  const before = registered.get(kernelName);
  registered.set(kernelName, formula);
  return () => {
    if (before === undefined) registered.delete(kernelName);
    else registered.set(kernelName, before);
  };
}

/**
 * Floating-point operations of a convolution or matrix product: two per multiply-and-add. Other kernels count 0:
 * their time is memory traffic, not arithmetic.
 *
 * @param launch what was launched
 * @param fused fused operations, which bring formulas of their own
 * @throws when the name says that the kernel is a convolution or matrix product and there is no formula for it, so
 *   that a new kernel is never counted as free
 */
export function flopsOf(launch: KernelLaunch, fused: readonly FusedOperation[] = fusedOperations): number {
  const { kernel, inputs, attributes } = launch;
  const formula = registered.get(kernel) ?? (Object.hasOwn(formulas, kernel) ? formulas[kernel] : undefined);
  if (formula !== undefined) return formula(launch);
  const operation = fused.find(({ kernelName }) => kernelName === kernel);
  if (operation !== undefined) return operation.flops(inputs, attributes as Record<string, number>);
  if (/conv\dd|matmul|einsum|winograd/i.test(kernel))
    throw new Error(
      `flopsOf: no formula for kernel ${kernel}; add one with registerFlopFormula('${kernel}', ({ inputs, output }) => flops) (there are ${Object.keys(formulas).join(', ')})`,
    );
  return 0;
}

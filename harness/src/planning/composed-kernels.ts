import { cast, fill, greater, isNaN, ones, scalar, tidy, where } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { shapeRules, type Inputs, type Launch } from './shape-rules.js';

/**
 * Accounts for one launch and gives its outputs.
 *
 * @param shared data id in whose memory they are; their own by default
 */
export type Launcher = (launch: Launch, inputs: Inputs, shared?: object) => TensorInfo[];

/** A kernel that the native runtime makes of others, with intermediate tensors of their own. */
type ComposedKernel = (inputs: Inputs, attributes: NamedAttrMap, launch: Launcher) => TensorInfo[];

/** The compositions of tfjs-node, for what they hold in memory at their last launch. */
export const composedKernels: Readonly<Record<string, ComposedKernel>> = {
  Mean: (inputs, attributes, launch) => {
    // A float32 input is cast to float32: a second tensor in the same memory.
    const x = cast(inputs.x as Tensor, 'float32');
    const mean = launch(shapeRules.Sum!({ x }, attributes), { x });
    x.dispose();
    return mean;
  },
  Step: (inputs, { alpha }, launch) => {
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
};

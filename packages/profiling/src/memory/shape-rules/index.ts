import { type ShapeRule, type ShapeRules } from '../shape-rule.js';
import { convolutionRules } from './convolutions.js';
import { elementwiseRules } from './elementwise.js';
import { movementRules } from './movement.js';
import { reductionRules } from './reductions.js';
import { resamplingRules } from './resampling.js';

/** Rules of tensorflow.js kernels. A new one is a line in the file of its family. */
export const builtInRules: ShapeRules = {
  ...elementwiseRules,
  ...reductionRules,
  ...convolutionRules,
  ...resamplingRules,
  ...movementRules,
};

const registered = new Map<string, ShapeRule>();

/** The rules that were added by {@link registerShapeRule}. */
export const registeredRules = (): ShapeRules => Object.fromEntries(registered);

/**
 * Says which tensors a kernel leaves, for kernels that {@link planMemory} does not know. The rule holds for all plans
 * from then on, and takes the place of one that there is.
 *
 * ```js
 * // tf.unique gives as many values as there are different ones: at most all.
 * registerShapeRule('Unique', ({ x }) => ({ outputs: [x.shape, x.shape] }));
 * ```
 *
 * @param kernelName as in the error message: `Unique`
 * @param rule the outputs' shapes as a function of the inputs and attributes
 * @returns takes the rule away again
 */
export function registerShapeRule(kernelName: string, rule: ShapeRule): () => void {
  const before = registered.get(kernelName);
  registered.set(kernelName, rule);
  return () => {
    if (before === undefined) registered.delete(kernelName);
    else registered.set(kernelName, before);
  };
}

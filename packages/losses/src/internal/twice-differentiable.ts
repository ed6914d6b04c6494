import { engine, getGradient } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** The parts of a step of tensorflow.js's tape that are used here. */
interface TapeNode {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputs: readonly Tensor[];
  gradient?: (dys: Tensor[]) => Record<string, () => Tensor>;
}

const REMEDY = "import '@stargan/ops/second-order' after tensorflow.js";

const refusal = (caller: string, operation: string, remedy: string): Error =>
  new Error(`${caller}: tensorflow.js's gradient of ${operation} cannot be differentiated again; ${remedy}`);

/** Kernels whose gradient in tensorflow.js is computed from their saved output, which the tape treats as a constant. */
const FROM_OUTPUT: readonly string[] = ['Exp', 'Sigmoid', 'Softmax', 'Tanh'];

/** Operations with a built-in gradient that is computed from their output, and what to write in their place. */
const FIXED: Readonly<Record<string, string>> = {
  logSoftmax: 'tf.sub of tf.logSumExp',
  softmaxCrossEntropy: 'classificationLoss of @stargan/losses',
};

const tape = (): TapeNode[] => engine().state.activeTape ?? [];

/** The number of steps recorded so far. */
export function recordedSteps(): number {
  return tape().length;
}

/** The steps through which y depends on x. */
function stepsBetween(steps: readonly TapeNode[], x: Tensor, y: Tensor): TapeNode[] {
  const dependents = new Set([x.id]);
  const fromX = steps.filter(({ inputs, outputs }) => {
    const depends = Object.values(inputs).some(({ id }) => dependents.has(id));
    if (depends) for (const { id } of outputs) dependents.add(id);
    return depends;
  });
  const leading = new Set([y.id]);
  return fromX.reverse().filter(({ inputs, outputs }) => {
    const leads = outputs.some(({ id }) => leading.has(id));
    if (leads) for (const { id } of Object.values(inputs)) leading.add(id);
    return leads;
  });
}

/** The name of an operation: those with a gradient of their own are recorded under the name of their scope. */
const operationOf = ({ kernelName }: TapeNode): string => kernelName.replace(/__op$/, '');

/** Whether the second derivative would be wrong without an error. */
function isSilentlyWrong(step: TapeNode): boolean {
  if (Object.hasOwn(FIXED, operationOf(step))) return true;
  return FROM_OUTPUT.includes(step.kernelName) && getGradient(step.kernelName)?.outputsToSave?.includes(true) === true;
}

/**
 * Checks the recorded steps of a gradient that is to be differentiated again, and refuses those that tensorflow.js would get wrong.
 * Where a step has no gradient, it is given one that throws a readable error should the backward pass reach it.
 *
 * @param caller name of the function, for messages.
 * @param recorded the numbers of steps on the tape when the function and its backward pass began.
 * @throws naming the operation and the remedy.
 */
export function requireTwiceDifferentiable(
  caller: string,
  x: Tensor,
  y: Tensor,
  { forward, backward }: { forward: number; backward: number },
): void {
  const steps = tape();
  const wrong = stepsBetween(steps.slice(forward, backward), x, y).find(isSilentlyWrong);
  if (wrong !== undefined) {
    const instead = FIXED[operationOf(wrong)];
    throw refusal(caller, operationOf(wrong), instead === undefined ? REMEDY : `write ${instead} in its place`);
  }
  for (const step of steps.slice(forward)) {
    step.gradient ??= () => {
      throw refusal(caller, step.kernelName, REMEDY);
    };
  }
}

import * as tf from '@tensorflow/tfjs';
import { fusedOperations, gradientsAtOnce, type FusedOperation } from '@stargan/ops/fused';
import {
  countWork,
  flopsOf,
  planMemory,
  profileWork,
  registerFlopFormula,
  registerShapeRule,
  type CountWorkOptions,
  type FlopFormula,
  type KernelCount,
  type KernelInputs,
  type KernelLaunch,
  type KernelOutputs,
  type KernelTime,
  type PlannedBackend,
  type PlannedMemory,
  type PlanMemoryOptions,
  type ProfileWorkOptions,
  type Shape,
  type ShapeRule,
  type WorkCount,
  type WorkProfile,
} from '@stargan/profiling';

const step = (): number => tf.tidy(() => tf.matMul(tf.fill([4, 8], 1), tf.fill([8, 2], 1)).dataSync<'float32'>()[0] ?? 0);

const counting: CountWorkOptions = { fused: fusedOperations };
const counted: WorkCount<number> = countWork(step, counting);
const kernels: readonly KernelCount[] = counted.kernels;

const profiling: ProfileWorkOptions = { runs: 2 };
const profile: WorkProfile = profileWork(step, profiling);
const times: readonly KernelTime[] = profile.kernels;

const backend: PlannedBackend = 'cpu';
const operations: readonly FusedOperation[] = fusedOperations;
const atOnce: Record<'x', () => tf.Tensor> | undefined = gradientsAtOnce(operations[0]!, { dy: tf.zeros([1]) }, {}, ['x']);
const options: PlanMemoryOptions = { backend, fused: operations };
const planned: PlannedMemory<number> = planMemory(() => countWork(step).flops, options);

const rule: ShapeRule = ({ x }: KernelInputs): KernelOutputs => ({ outputs: x === undefined ? [] : [x.shape], dtype: 'float32' });
const shape: Shape = [2, 3];
const formula: FlopFormula = ({ output }: KernelLaunch) => 2 * tf.util.sizeFromShape([...output]);
const undo = [registerShapeRule('Unique', rule), registerFlopFormula('Einsum', formula)];
console.log(flopsOf({ kernel: 'Einsum', inputs: { 0: shape }, output: shape, attributes: {} }));
for (const remove of undo) remove();
console.log(kernels.length, times.length, planned.result, planned.peakTensorBytes);

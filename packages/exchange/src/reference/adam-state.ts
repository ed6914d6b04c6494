import type { PyTorchKey, PyTorchTensor } from '@stargan/checkpoints';
import type { ParameterSpec } from '@stargan/layers';
import { torchShape } from '@stargan/layers';
import { describeValue, isDict, isList, isTensor, type PythonDict, type PythonValue } from './python-values.js';
import type { ReferenceFile } from './reference-file.js';

/** Both moments of one parameter. */
export interface Moments {
  readonly first: PyTorchTensor;
  readonly second: PyTorchTensor;
}

/** The state of one network's Adam. */
export interface AdamFile {
  /** Steps taken. */
  readonly step: number;
  /** Moments by parameter; none of parameters that never had a gradient. */
  readonly moments: ReadonlyMap<string, Moments>;
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/**
 * The state of `torch.optim.Adam` that belongs to a network. PyTorch numbers parameters in the order in which the network
 * has them, which is that of `specs`.
 *
 * @param file that the state is of, to read numbers of steps from
 * @param name of the network, for messages
 * @param state `state_dict()` of the optimiser
 * @param specs of the network, in the order of its modules
 * @throws naming what is not as Adam has it
 */
export async function readAdamState(
  file: ReferenceFile,
  name: string,
  state: PythonDict,
  specs: readonly ParameterSpec[],
): Promise<AdamFile> {
  const fault = (what: string): Error => new Error(`${file.path}: the optimiser of ${name} ${what}`);
  const groups = state.get('param_groups');
  const group = isList(groups) && groups.length === 1 ? groups[0] : undefined;
  const byParameter = state.get('state');
  if (!isDict(group) || !isDict(byParameter)) throw fault('must have one group of parameters and a state; it is not the reference’s');
  const number = (key: string, value: PythonValue | undefined): number => {
    if (typeof value === 'number') return value;
    throw fault(`must have a number as ${key}; it is not Adam’s`);
  };
  for (const option of ['amsgrad', 'maximize'])
    if (group.get(option) === true) throw fault(`was used with ${option}, which there is none of here; train with fresh optimisers`);
  const parameters = group.get('params');
  if (!isList(parameters) || parameters.length !== specs.length)
    throw fault(
      `is for ${isList(parameters) ? parameters.length : 'no'} parameters, the network has ${specs.length}; it belongs to another model`,
    );
  const moments = new Map<string, Moments>();
  const steps = new Set<number>();
  for (const [i, spec] of specs.entries()) {
    // Early versions of PyTorch number them by their addresses in memory.
    const entry = byParameter.get(parameters[i] as PyTorchKey);
    if (entry === undefined) continue;
    const [first, second, step] = isDict(entry) ? ['exp_avg', 'exp_avg_sq', 'step'].map((key) => entry.get(key)) : [];
    if (!isTensor(first) || !isTensor(second))
      throw fault(`must have exp_avg and exp_avg_sq for ${spec.name}, got ${describeValue(entry)}; it is not Adam’s`);
    const expected = torchShape(spec).join(', ');
    for (const tensor of [first, second])
      if (tensor.shape.join(', ') !== expected)
        throw fault(`has moments [${tensor.shape.join(', ')}] for ${spec.name}, which is [${expected}]; it belongs to another model`);
    moments.set(spec.name, { first, second });
    steps.add(await stepOf(file, step, () => fault(`must have a whole number of steps for ${spec.name}`)));
  }
  if (steps.size > 1)
    throw fault(`has taken ${[...steps].join(' and ')} steps, not the same number for all parameters; train with fresh optimisers`);
  const betas = group.get('betas');
  return {
    step: [...steps][0] ?? 0,
    moments,
    learningRate: number('lr', group.get('lr')),
    beta1: number('betas', isList(betas) ? betas[0] : undefined),
    beta2: number('betas', isList(betas) ? betas[1] : undefined),
    epsilon: number('eps', group.get('eps')),
    weightDecay: number('weight_decay', group.get('weight_decay')),
  };
}

/** A number of steps: an int in early versions of PyTorch, a tensor of one float later. */
async function stepOf(file: ReferenceFile, value: PythonValue | undefined, fault: () => Error): Promise<number> {
  const step = isTensor(value) && value.shape.every((size) => size === 1) ? (await file.read('step', value))[0] : value;
  if (typeof step !== 'number' || !Number.isSafeInteger(step) || step < 0) throw fault();
  return step;
}

import { basename, join, resolve } from 'node:path';
import { saveCheckpoint, writeWholeFile, type CheckpointContent, type TensorSource } from '@stargan/checkpoints';
import { parseFields } from '@stargan/config';
import { torchShape, type ParameterSpec } from '@stargan/layers';
import {
  averageFile,
  buildNetworks,
  checkpointDirectory,
  EMA_NETWORKS,
  NETWORK_NAMES,
  optimizerFile,
  RECORD_FILE,
  REFERENCE_NAMES,
  storedConstants,
  trainingFields,
  weightsFile,
  type NetworkName,
  type Networks,
  type SizeConfig,
  type TrainingConfig,
} from '@stargan/training';
import { readAdamState, type AdamFile } from './reference/adam-state.js';
import { requireFit } from './reference/fit.js';
import { describeIteration, iterationOf } from './reference/iteration.js';
import { openReferenceFile, type NetworkTensors, type ReferenceFile, type ReferenceRole } from './reference/reference-file.js';
import { deduceSizes } from './reference/sizes.js';
import { readSkipWeight } from './reference/skip-weight.js';
import { requireVacant, writeFolder } from './write-folder.js';

/** What an import is to be. */
export interface ImportOptions {
  /** Folder of the run that is made; it must not exist, or be empty. */
  readonly out: string;
  /** Names of the domains by label, as the sorted folders of the images are called; `domain-0`, `domain-1`, … by default. */
  readonly domains?: readonly string[] | undefined;
  /** Folder of the images that the run is used with, kept in its record; none by default. */
  readonly data?: string | undefined;
  /** Iterations that the model was trained for; by default what the names of the files begin with, `100000_nets_ema.ckpt`. */
  readonly iteration?: number | undefined;
  /** Aborting it ends the import, and leaves nothing. */
  readonly signal?: AbortSignal | undefined;
}

/** A run that was made of checkpoints of the reference. */
export interface ReferenceImport {
  /** Its folder. */
  readonly run: string;
  /** Folder of its checkpoint. */
  readonly checkpoint: string;
  /** Iterations that it was trained for. */
  readonly iteration: number;
  /** Sizes and optimisers as the files have them; all else, such as the weights of the objective, has the default. */
  readonly config: TrainingConfig;
  /** Names of its domains, by label. */
  readonly domains: readonly string[];
  /** Whether training can go on from it; else it makes and measures images. */
  readonly isResumable: boolean;
  /** What was left out, guessed or set otherwise, a sentence each. */
  readonly notes: readonly string[];
}

type Files = ReadonlyMap<ReferenceRole, ReferenceFile>;

/**
 * Makes a run of checkpoints that the reference implementation of StarGAN v2 wrote: `…_nets_ema.ckpt` for a model that makes
 * images, with `…_nets.ckpt` and `…_optims.ckpt` beside it one that training goes on from. The files are read as data, nothing
 * in them is run; which is which is told by their content, and the sizes of the model by the shapes of its tensors.
 *
 * ```js
 * await importReference(['100000_nets_ema.ckpt'], { out: 'runs/afhq', domains: ['cat', 'dog', 'wild'] });
 * const model = await loadModel('runs/afhq');
 * ```
 *
 * @param files paths, in any order
 * @param options the folder that is made, and what the files do not say
 * @throws naming the file and what is amiss: what it holds instead of StarGAN v2, tensors that are missing, not expected, of
 * another shape or not finite; nothing is left
 */
export async function importReference(files: readonly string[], options: ImportOptions): Promise<ReferenceImport> {
  await requireVacant(options.out);
  const opened: ReferenceFile[] = [];
  try {
    for (const path of files) opened.push(await openReferenceFile(path, options.signal));
    return await importOpened(byRole(opened), options);
  } finally {
    for (const file of opened) await file.close();
  }
}

/** @throws where two files are of one kind, or the one that every import needs is missing */
function byRole(files: readonly ReferenceFile[]): Files {
  const roles = new Map<ReferenceRole, ReferenceFile>();
  for (const file of files) {
    const other = roles.get(file.role);
    if (other !== undefined)
      throw new Error(`${other.path} and ${file.path} both hold what ${file.role} does; name the files of one model`);
    roles.set(file.role, file);
  }
  if (!roles.has('nets_ema')) {
    const given = [...roles].map(([role, { path }]) => `${path} (${role})`).join(', ') || 'none';
    throw new Error(`the moving averages, which images are made with, are needed: a file like 100000_nets_ema.ckpt; got ${given}`);
  }
  return roles;
}

/** A model as the files describe it. */
interface Described {
  readonly sizes: SizeConfig;
  readonly networks: Networks;
  readonly domains: number;
  readonly notes: readonly string[];
}

async function importOpened(files: Files, options: ImportOptions): Promise<ReferenceImport> {
  const averages = files.get('nets_ema')!;
  const described = await describeModel(averages);
  const { networks, sizes } = described;
  const notes = [...[...files.values()].flatMap((file) => file.notes), ...described.notes];
  const domains = domainNames(options.domains, described.domains, notes);
  const trained = files.get('nets');
  if (trained !== undefined) requireNetworks(trained, described, NETWORK_NAMES);
  const optims = files.get('optims');
  const isResumable = trained !== undefined && optims !== undefined;
  if (!isResumable) notes.push(describeHalf(trained, optims));
  const states = isResumable ? await readStates(optims, networks) : undefined;
  const iteration = iterationOf(
    [...files.values()].map(({ path }) => path),
    options.iteration,
    isResumable,
  );
  const config = parseFields(trainingFields, { ...sizes, ...(states && optimizerValues(states, notes)) });
  const steps = states === undefined ? [] : [...states.values()].map(({ step }) => step);
  const missingSteps = Math.max(0, iteration - Math.min(iteration, ...steps));
  if (missingSteps > 0)
    notes.push(
      `the optimisers have ${missingSteps} ${missingSteps === 1 ? 'step' : 'steps'} fewer than ${describeIteration(iteration)}: they began anew at some time`,
    );

  const content: Record<string, CheckpointContent> = {};
  for (const name of EMA_NETWORKS) content[averageFile(name)] = { tensors: weightsOf(averages, networks, name) };
  if (isResumable && states !== undefined)
    for (const name of NETWORK_NAMES) {
      content[weightsFile(name)] = { tensors: weightsOf(trained, networks, name) };
      content[optimizerFile(name)] = momentsOf(optims, networks[name].specs, states.get(name)!);
    }
  const metadata = {
    importedFrom: [...files.values()].map(({ path }) => basename(path)),
    ...(missingSteps > 0 && { missingSteps }),
  };
  await writeFolder(options.out, async (aside) => {
    await saveCheckpoint(checkpointDirectory(aside), iteration, content, metadata);
    const record = { formatVersion: 1, config, data: options.data === undefined ? '' : resolve(options.data), domains };
    await writeWholeFile(join(aside, RECORD_FILE), `${JSON.stringify(record, null, 2)}\n`);
    return aside;
  });
  const checkpoint = join(checkpointDirectory(options.out), `${iteration}`.padStart(7, '0'));
  return { run: options.out, checkpoint, iteration, config, domains, isResumable, notes };
}

/** Sizes of the model whose moving averages a file holds. @throws naming the file and what does not fit */
async function describeModel(file: ReferenceFile): Promise<Described> {
  try {
    for (const name of EMA_NETWORKS)
      if (!file.networks.has(name)) throw new Error(`there is no ${REFERENCE_NAMES[name]} beside generator; the file is not StarGAN v2's`);
    const { sizes, hasSkip, domains } = deduceSizes(file.networks);
    const { highPass, notes } = hasSkip ? await readSkipWeight(file) : { highPass: 0, notes: [] };
    const networks = buildNetworks({ ...sizes, highPass }, domains);
    const described = { sizes: { ...sizes, highPass }, networks, domains, notes };
    requireNetworks(file, described, EMA_NETWORKS);
    return described;
  } catch (error) {
    const { message } = error as Error;
    throw message.startsWith(file.path) ? error : new Error(`${file.path}: ${message}`, { cause: error });
  }
}

/** @throws unless a file holds these networks, with all of their tensors and no others */
function requireNetworks(file: ReferenceFile, { networks, sizes, domains }: Described, names: readonly NetworkName[]): void {
  for (const name of names) {
    const tensors = file.networks.get(name);
    if (tensors === undefined) throw new Error(`${file.path}: there is no ${REFERENCE_NAMES[name]}; the file is not whole, get it again`);
    const constants = [...storedConstants(networks[name])].map(([key]) => key);
    try {
      requireFit(REFERENCE_NAMES[name], networks[name].specs, tensors, constants);
    } catch (error) {
      const { imageSize, styleDim, latentDim } = sizes;
      const model = `images of ${imageSize} × ${imageSize}, ${domains} domains, styles of ${styleDim} and latent codes of ${latentDim}`;
      throw new Error(`${file.path}: ${(error as Error).message}; the moving averages are of a model with ${model}`, { cause: error });
    }
  }
}

function domainNames(given: readonly string[] | undefined, count: number, notes: string[]): readonly string[] {
  if (given === undefined) {
    const names = Array.from({ length: count }, (_, label) => `domain-${label}`);
    notes.push(`the files do not name the domains; they are called ${names.slice(0, 3).join(', ')}${count > 3 ? ', …' : ''} here`);
    return names;
  }
  const names = given.map((name) => name.normalize('NFC'));
  if (names.length !== count || names.includes('') || new Set(names).size !== count)
    throw new Error(
      `the model has ${count} domains; name each once, in the order of the sorted folders of its images, got ${given.join(', ')}`,
    );
  return names;
}

/** What half a set of files gives. */
function describeHalf(trained: ReferenceFile | undefined, optims: ReferenceFile | undefined): string {
  const missing = [...(trained === undefined ? ['nets'] : []), ...(optims === undefined ? ['optims'] : [])];
  const unused = [trained, optims].flatMap((file) => (file === undefined ? [] : [basename(file.path)]));
  const leftOut = unused.length === 0 ? '' : `; ${unused.join(' and ')} was left out`;
  return `training cannot go on from this run, for ${missing.map((role) => `…_${role}.ckpt`).join(' and ')} ${missing.length === 1 ? 'was' : 'were'} not given${leftOut}; it makes and measures images`;
}

async function readStates(file: ReferenceFile, networks: Networks): Promise<ReadonlyMap<NetworkName, AdamFile>> {
  const states = new Map<NetworkName, AdamFile>();
  for (const name of NETWORK_NAMES) {
    const state = file.optimizers.get(name);
    if (state === undefined) throw new Error(`${file.path}: there is no optimiser of ${REFERENCE_NAMES[name]}; get the file again`);
    states.set(name, await readAdamState(file, REFERENCE_NAMES[name], state, networks[name].specs));
  }
  return states;
}

const ADAM_EPSILON = 1e-8;

/** Config values of the optimisers; what a network has otherwise than the generator is noted. */
function optimizerValues(states: ReadonlyMap<NetworkName, AdamFile>, notes: string[]): Partial<TrainingConfig> {
  const { learningRate, beta1, beta2, weightDecay } = states.get('generator')!;
  const mappingLearningRate = states.get('mappingNetwork')!.learningRate;
  for (const [name, state] of states) {
    const own = name === 'mappingNetwork' ? mappingLearningRate : learningRate;
    const differs = state.learningRate !== own || state.beta1 !== beta1 || state.beta2 !== beta2 || state.weightDecay !== weightDecay;
    if (differs)
      notes.push(`the optimiser of ${REFERENCE_NAMES[name]} had other settings than that of generator, which all have from now on`);
    if (state.epsilon !== ADAM_EPSILON)
      notes.push(`the optimiser of ${REFERENCE_NAMES[name]} had eps ${state.epsilon}; it has ${ADAM_EPSILON} from now on`);
  }
  return { learningRate, mappingLearningRate, beta1, beta2, weightDecay };
}

/** A network's tensors as one of our files holds them, each read when its turn comes. */
function* weightsOf(file: ReferenceFile, networks: Networks, name: NetworkName): Generator<readonly [string, TensorSource]> {
  const tensors: NetworkTensors = file.networks.get(name)!;
  for (const spec of networks[name].specs) {
    const data = (): Promise<Float32Array> => file.read(`${REFERENCE_NAMES[name]}.${spec.name}`, tensors.get(spec.name)!);
    yield [spec.name, { dtype: 'F32', shape: torchShape(spec), data }];
  }
  yield* storedConstants(networks[name]);
}

/** Both moments of a network's parameters; zeros of those that never had a gradient. */
function momentsOf(file: ReferenceFile, specs: readonly ParameterSpec[], { moments, step }: AdamFile): CheckpointContent {
  function* tensors(): Generator<readonly [string, TensorSource]> {
    for (const which of ['first', 'second'] as const)
      for (const spec of specs) {
        const shape = torchShape(spec);
        const stored = moments.get(spec.name)?.[which];
        const zeros = (): Float32Array => new Float32Array(shape.reduce((product, size) => product * size, 1));
        const data = stored === undefined ? zeros : (): Promise<Float32Array> => file.read(`${which} moment of ${spec.name}`, stored);
        yield [`${which}.${spec.name}`, { dtype: 'F32', shape, data }];
      }
  }
  return { tensors: tensors(), metadata: { step: `${step}` } };
}

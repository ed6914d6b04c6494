import { access, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writePyTorchFile, type PyTorchSource } from '@stargan/checkpoints';
import type { ParameterSpec } from '@stargan/layers';
import {
  averageFile,
  EMA_NETWORKS,
  NETWORK_NAMES,
  optimizerFile,
  REFERENCE_NAMES,
  selectFrozen,
  storedConstants,
  trainedSpecs,
  weightsFile,
  type NetworkName,
  type TrainingConfig,
} from '@stargan/training';
import {
  findModelFiles,
  openNetworkFile,
  requireReferenceNetworks,
  type ExportedFile,
  type ExportOptions,
  type ModelFiles,
  type NetworkFile,
} from './model-files.js';

/** What an export to PyTorch gave. */
export interface PyTorchExport {
  /** Iteration of the checkpoint. */
  readonly iteration: number;
  /** The files, `100000_nets.ckpt` and so on. */
  readonly files: readonly ExportedFile[];
  /** Options that the reference's `main.py` needs to load them, such as `--img_size 256`. */
  readonly options: readonly string[];
  /** What the reference has to be told or changed besides, a sentence each. */
  readonly notes: readonly string[];
}

type Role = 'nets' | 'nets_ema' | 'optims';

/**
 * Writes the checkpoint of a run as the reference implementation's `CheckpointIO` loads it: `…_nets.ckpt`, `…_nets_ema.ckpt`
 * and `…_optims.ckpt`, with the states of Adam; `…_nets_ema.ckpt` alone where the checkpoint holds nothing else.
 *
 * @param options which run, and the folder that is written to, `--checkpoint_dir` of the reference
 * @throws where the model's networks are not the reference's, a file of that name is there already, or one cannot be written
 */
export async function exportPyTorch(options: ExportOptions): Promise<PyTorchExport> {
  const model = await findModelFiles(options, 'all');
  requireReferenceNetworks(model, ['conditioning', 'injection', 'mappingNetwork', 'styleEncoder', 'discriminator'], 'pytorch');
  const { iteration } = model.checkpoint;
  const roles: Role[] = model.isResumable ? ['nets', 'nets_ema', 'optims'] : ['nets_ema'];
  const paths = roles.map((role) => join(options.out, `${`${iteration}`.padStart(6, '0')}_${role}.ckpt`));
  await mkdir(options.out, { recursive: true });
  for (const path of paths) await requireAbsent(path);
  const files: ExportedFile[] = [];
  for (const [i, role] of roles.entries()) {
    const path = paths[i]!;
    await writeRole(path, role, model);
    files.push({ path, bytes: (await stat(path)).size });
  }
  return { iteration, files, options: referenceOptions(model), notes: describeDifferences(model) };
}

async function requireAbsent(path: string): Promise<void> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) throw new Error(`${path} is there already, and is not overwritten; name another folder, or move it away`);
}

/** Writes one file, with the files that it is made of open meanwhile. */
async function writeRole(path: string, role: Role, model: ModelFiles): Promise<void> {
  const names = role === 'nets_ema' ? EMA_NETWORKS : NETWORK_NAMES;
  const opened: NetworkFile[] = [];
  const open = async (
    ...args: [network: NetworkName, file: string, prefixes?: string[], specs?: ParameterSpec[]]
  ): Promise<NetworkFile> => {
    const file = await openNetworkFile(model, ...args);
    opened.push(file);
    return file;
  };
  try {
    const content = new Map<string, PyTorchSource>();
    for (const name of names) {
      const source =
        role === 'optims'
          ? await optimizerState(model, name, (...args) => open(name, optimizerFile(name), ['first.', 'second.'], ...args))
          : new Map([
              ...(await open(name, role === 'nets' ? weightsFile(name) : averageFile(name))).tensors(),
              ...storedConstants(model.networks[name]),
            ]);
      content.set(REFERENCE_NAMES[name], source);
    }
    // Its CheckpointIO looks for the landmark network too, which has weights of its own: a state dict without tensors leaves them.
    if (role !== 'optims' && model.config.highPass > 0) content.set('fan', {});
    await writePyTorchFile(path, content);
  } finally {
    for (const file of opened) await file.close();
  }
}

/** Options of a network's Adam, as `torch.optim.Adam` keeps them in its group of parameters. */
function settingsOf(name: NetworkName, config: TrainingConfig): Record<string, PyTorchSource> {
  return {
    lr: name === 'mappingNetwork' ? config.mappingLearningRate : config.learningRate,
    betas: [config.beta1, config.beta2],
    eps: 1e-8,
    weight_decay: config.weightDecay,
    amsgrad: false,
    maximize: false,
    foreach: null,
    capturable: false,
    differentiable: false,
    fused: null,
    decoupled_weight_decay: false,
  };
}

/**
 * `state_dict()` of `torch.optim.Adam`: parameters are numbered in the order in which the network has them. Those that were frozen have no
 * state, as in PyTorch those that never had a gradient.
 */
async function optimizerState(
  { networks, config }: ModelFiles,
  name: NetworkName,
  open: (specs: ParameterSpec[]) => Promise<NetworkFile>,
): Promise<PyTorchSource> {
  const { specs } = networks[name];
  const trained = trainedSpecs(networks, name, selectFrozen(networks, config.freeze));
  const states = new Map<number, PyTorchSource>();
  if (trained.length > 0) {
    const file = await open(trained);
    const step = Number(file.metadata.step);
    const second = new Map(file.tensors('second.'));
    for (const [key, first] of file.tensors('first.')) {
      // An optimiser that has taken no step has no state.
      if (step === 0) break;
      const place = specs.findIndex((spec) => spec.name === key);
      states.set(place, { step: { dtype: 'F32', shape: [], data: Float32Array.of(step) }, exp_avg: first, exp_avg_sq: second.get(key)! });
    }
  }
  return { state: states, param_groups: [{ ...settingsOf(name, config), params: specs.map((_, i) => i) }] };
}

/** Options of the reference's command that its defaults or data do not settle. */
function referenceOptions({ config, domains, checkpoint }: ModelFiles): string[] {
  return [
    `--img_size ${config.imageSize}`,
    `--num_domains ${domains.length}`,
    `--latent_dim ${config.latentDim}`,
    `--style_dim ${config.styleDim}`,
    `--w_hpf ${config.highPass}`,
    `--resume_iter ${checkpoint.iteration}`,
  ];
}

/** What the reference has as constants, and this model otherwise. */
function describeDifferences({ config, isResumable }: ModelFiles): string[] {
  const { hiddenDim, widthBudget, maxWidth } = config;
  const others = [
    ...(hiddenDim === 512 ? [] : [`${hiddenDim} hidden units in the mapping network (512 in the reference)`]),
    ...(widthBudget === 2 ** 14 ? [] : [`a first width of ${Math.floor(widthBudget / config.imageSize)} (2**14 // img_size)`]),
    ...(maxWidth === 512 ? [] : [`widths of at most ${maxWidth} (max_conv_dim=512)`]),
  ];
  return [
    ...(others.length > 0
      ? [`the model has sizes that the reference has as constants in core/model.py: ${others.join(', ')}; change them there`]
      : []),
    ...(isResumable ? [] : ['the checkpoint holds the moving averages alone: the reference samples with them, and cannot train on']),
  ];
}

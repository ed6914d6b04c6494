import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWholeFile } from '@stargan/checkpoints';
import { EMA_NETWORKS, REFERENCE_NAMES, type EmaNetwork } from '@stargan/training';
import {
  findModelFiles,
  requireReferenceNetworks,
  withAverages,
  type ExportedFile,
  type ExportOptions,
  type ModelFiles,
} from './model-files.js';
import type { GraphBuilder, Weights } from './onnx/graph.js';
import { generatorGraph, mappingNetworkGraph, styleEncoderGraph } from './onnx/networks.js';
import { encodeModel } from './onnx/schema.js';

/** How ONNX files are written. */
export interface OnnxOptions extends ExportOptions {
  /**
   * Whether the generator of a model with a high-pass skip takes its masks, `mask_coarse` and `mask_fine`; without them
   * (default) the skip is left out, as when images are sampled here.
   */
  readonly masks?: boolean | undefined;
}

/** What an export to ONNX gave. */
export interface OnnxExport {
  /** Iteration of the checkpoint. */
  readonly iteration: number;
  /** `generator.onnx`, `mapping_network.onnx` and `style_encoder.onnx`. */
  readonly files: readonly ExportedFile[];
}

/**
 * Writes the networks that images are made with as ONNX files of operator set 18, float32, for any number of samples at a time:
 * `generator.onnx` (image [n, 3, S, S] and style [n, styleDim] → translated [n, 3, S, S]), `mapping_network.onnx` (latent
 * [n, latentDim] and domain [n], int64 → style) and `style_encoder.onnx` (image and domain → style).
 *
 * @param options which run, the folder that is written to, and whether `masks` are inputs; files of these names there are replaced
 * @throws where the model's networks are not the reference's, it has no high-pass skip to give masks to, or a file cannot be written
 */
export async function exportOnnx(options: OnnxOptions): Promise<OnnxExport> {
  const { masks = false, out } = options;
  const model = await findModelFiles(options, 'averages');
  requireReferenceNetworks(model, ['conditioning', 'injection', 'mappingNetwork', 'styleEncoder'], 'onnx');
  if (masks && model.config.highPass === 0) throw new Error('masks are for models with a high-pass skip, and highPass of this one is 0');
  await mkdir(out, { recursive: true });
  const files: ExportedFile[] = [];
  for (const name of EMA_NETWORKS) {
    const path = join(out, `${REFERENCE_NAMES[name]}.onnx`);
    await writeWholeFile(path, await encodeNetwork(model, name, masks));
    files.push({ path, bytes: (await stat(path)).size });
  }
  return { iteration: model.checkpoint.iteration, files };
}

const DESCRIPTIONS: Readonly<Record<EmaNetwork, string>> = {
  generator: 'StarGAN v2 generator: translates images to styles',
  mappingNetwork: 'StarGAN v2 mapping network: styles of latent codes',
  styleEncoder: 'StarGAN v2 style encoder: styles of images',
};

async function encodeNetwork(model: ModelFiles, name: EmaNetwork, masks: boolean): Promise<Uint8Array> {
  const { config, domains, checkpoint } = model;
  const weights = await withAverages(model, name, async ({ tensors }): Promise<Weights> => {
    const read = new Map<string, { shape: readonly number[]; data: Float32Array }>();
    for (const [key, { shape, data }] of tensors()) read.set(key, { shape, data: await data() });
    return read;
  });
  const sizes = { ...config, domains: domains.length };
  const graphs: Readonly<Record<EmaNetwork, () => GraphBuilder>> = {
    generator: () => generatorGraph(weights, sizes, masks),
    mappingNetwork: () => mappingNetworkGraph(weights, sizes),
    styleEncoder: () => styleEncoderGraph(weights, sizes),
  };
  const metadata = { domains: JSON.stringify(domains), iteration: `${checkpoint.iteration}`, imageSize: `${config.imageSize}` };
  return encodeModel(graphs[name]().finish({ name: REFERENCE_NAMES[name], description: DESCRIPTIONS[name], metadata }));
}

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { saveCheckpoint, writeWholeFile, type CheckpointContent, type TensorSource } from '@stargan/checkpoints';
import { averageFile, EMA_NETWORKS, RECORD_FILE, ROUNDED_WEIGHTS, storedConstants } from '@stargan/training';
import {
  findModelFiles,
  openNetworkFile,
  type ExportedFile,
  type ExportOptions,
  type ModelFiles,
  type NetworkFile,
} from './model-files.js';
import { requireVacant, writeFolder } from './write-folder.js';

/** How a bundle is written. */
export interface BundleOptions extends ExportOptions {
  /** Rounds the weights to half floats, for half the size; they are float32 again once loaded. Default false. */
  readonly float16?: boolean | undefined;
}

/** What an export for browsers gave. */
export interface BundleExport {
  /** Iteration of the checkpoint. */
  readonly iteration: number;
  /** The files, all in one folder. */
  readonly files: readonly ExportedFile[];
}

/**
 * Writes a model as a folder that `loadModel` of `@stargan/training` reads, in a browser too: `config.json`, `manifest.json` and
 * a safetensors file for each network that images are made with. Put the folder on a web server and load it by its address.
 *
 * @param options which run, the folder that is made, which must not exist or be empty, and whether weights become `float16`
 * @throws where the run has no checkpoint that can be used, or a weight is beyond half floats; nothing is left
 */
export async function exportBundle(options: BundleOptions): Promise<BundleExport> {
  await requireVacant(options.out);
  const model = await findModelFiles(options, 'averages');
  const { iteration } = model.checkpoint;
  const opened: NetworkFile[] = [];
  try {
    const record = { formatVersion: 1, config: model.config, domains: model.domains };
    const content: Record<string, CheckpointContent> = {
      [RECORD_FILE]: (path) => writeWholeFile(path, `${JSON.stringify(record, null, 2)}\n`),
    };
    for (const name of EMA_NETWORKS) {
      if (model.networks[name].specs.length === 0) continue;
      const file = await openNetworkFile(model, name, averageFile(name));
      opened.push(file);
      content[averageFile(name)] = bundled(model, name, file, options.float16 ?? false);
    }
    await writeFolder(options.out, async (aside) => (await saveCheckpoint(aside, iteration, content)).path);
    const names = [...Object.keys(content), 'manifest.json'];
    const paths = names.map((name) => join(options.out, name));
    return { iteration, files: await Promise.all(paths.map(async (path) => ({ path, bytes: (await stat(path)).size }))) };
  } finally {
    for (const file of opened) await file.close();
  }
}

function bundled(model: ModelFiles, name: (typeof EMA_NETWORKS)[number], file: NetworkFile, float16: boolean): CheckpointContent {
  function* tensors(): Generator<readonly [string, TensorSource]> {
    for (const [key, tensor] of file.tensors()) yield [key, { ...tensor, dtype: float16 ? 'F16' : 'F32' }];
    if (!float16) yield* storedConstants(model.networks[name]);
  }
  return { tensors: tensors(), metadata: float16 ? ROUNDED_WEIGHTS : undefined };
}

import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isFileName, MANIFEST, readWholeCheckpoint, type CheckpointFile, type CheckpointManifest } from './checkpoint-manifest.js';
import { folderName, partialName, readNames, replacedName } from './checkpoint-names.js';
import { diskFolder } from './disk-folder.js';
import type { Checkpoint } from './open-checkpoint.js';
import { messageOf } from './file-errors.js';
import { makeFolder, syncFile, syncFolder } from './file-sync.js';
import { renameDurably } from './replace-file.js';
import { writeSafetensors, type TensorSources } from './safetensors-writer.js';

/** What one file of a checkpoint is to hold: tensors, or whatever a function writes to the path it is given. */
export type CheckpointContent =
  | ((path: string) => Promise<void>)
  | {
      /** Written as safetensors. */
      readonly tensors: TensorSources;
      /** Free text by key, in the file's header. */
      readonly metadata?: Readonly<Record<string, string>> | undefined;
    };

/** Partial folders of saves under way in this process. */
const underWay = new Set<string>();

/** Finishes what a killed writer left undone: puts a replaced checkpoint back, removes what is superseded or partial. */
async function clearLeftovers(directory: string): Promise<void> {
  const { finished, partial, replaced } = await readNames(diskFolder(directory));
  for (const path of partial) {
    if (!underWay.has(path)) await rm(path, { recursive: true, force: true });
  }
  for (const { iteration, path } of replaced) {
    if (finished.some((folder) => folder.iteration === iteration)) await rm(path, { recursive: true, force: true });
    else await renameDurably(path, join(directory, folderName(iteration)));
  }
}

async function writeFiles(folder: string, files: Readonly<Record<string, CheckpointContent>>): Promise<CheckpointFile[]> {
  const written: CheckpointFile[] = [];
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    if (typeof content === 'function') await content(path);
    else await writeSafetensors(path, content.tensors, content.metadata);
    await syncFile(path);
    written.push({ name, bytes: (await stat(path)).size, sha256: await diskFolder(folder).sha256(name) });
  }
  return written;
}

/** Gives the finished folder its name; one of that name already there is moved aside until then. */
async function putInPlace(directory: string, partial: string, iteration: number): Promise<string> {
  const path = join(directory, folderName(iteration));
  const old = join(directory, replacedName(iteration));
  const { finished } = await readNames(diskFolder(directory));
  const occupied = finished.some((folder) => folder.path === path);
  if (occupied) await rename(path, old);
  try {
    await rename(partial, path);
  } catch (error) {
    if (occupied) await rename(old, path);
    throw error;
  }
  await syncFolder(directory);
  if (occupied) await rm(old, { recursive: true, force: true });
  return path;
}

/**
 * Saves a checkpoint as the folder `directory/<iteration, 7 digits>`: every file is written into a folder beside it
 * and synced, then the manifest, then the folder gets its name. Whatever stops the writer at whatever moment, the
 * checkpoints that were there stay whole and `findLatestCheckpoint` finds the newest of them.
 *
 * One process at a time saves to a directory: what a killed one left behind is removed at the next save. A
 * checkpoint of the same iteration is replaced.
 *
 * @param directory made when it does not exist.
 * @param iteration integer ≥ 0.
 * @param files file name → content; names are letters, digits, `.`, `_`, `-`.
 * @param metadata kept in the manifest, as JSON.
 * @throws when a name or the iteration is unusable, or writing fails (a full disk, a content function that throws);
 * the unfinished folder is removed, and the message says that the earlier checkpoints are intact.
 */
export async function saveCheckpoint(
  directory: string,
  iteration: number,
  files: Readonly<Record<string, CheckpointContent>>,
  metadata: Readonly<Record<string, unknown>> = {},
): Promise<Checkpoint> {
  if (!Number.isSafeInteger(iteration) || iteration < 0 || iteration > 999_999_999_999_999) {
    throw new Error(`saveCheckpoint: iteration must be an integer ≥ 0, got ${String(iteration)}`);
  }
  for (const name of Object.keys(files)) {
    if (!isFileName(name)) {
      throw new Error(`saveCheckpoint: file names must be letters, digits, '.', '_' or '-', and not ${MANIFEST}, got '${name}'`);
    }
  }
  const partial = join(directory, partialName(iteration));
  try {
    await makeFolder(directory);
    await clearLeftovers(directory);
    underWay.add(partial);
    await mkdir(partial);
    const manifest: CheckpointManifest = {
      formatVersion: 1,
      iteration,
      created: new Date().toISOString(),
      files: await writeFiles(partial, files),
      metadata,
    };
    await writeFile(join(partial, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    await syncFile(join(partial, MANIFEST));
    await syncFolder(partial);
    const path = await putInPlace(directory, partial, iteration);
    return { iteration, path, manifest: await readWholeCheckpoint(diskFolder(path), iteration) };
  } catch (error) {
    // On a disk that has become read-only it cannot go; the next save that can be made removes it.
    const removed = await rm(partial, { recursive: true, force: true }).then(
      () => true,
      () => false,
    );
    throw new Error(
      `saveCheckpoint: could not save iteration ${String(iteration)} in ${directory}: ${messageOf(error)}; ` +
        `the unfinished folder ${removed ? 'was removed' : `${partial} could not be removed`}, earlier checkpoints are intact`,
      { cause: error },
    );
  } finally {
    underWay.delete(partial);
  }
}

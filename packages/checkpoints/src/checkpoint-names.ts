import type { ReadableFolder } from './readable-folder.js';

/** A folder that is, or was meant to be, a checkpoint. */
export interface CheckpointFolder {
  /** Iteration that its name says. */
  readonly iteration: number;
  /** Path of the folder. */
  readonly path: string;
}

/** Such a folder, to be read. */
export interface FoundFolder extends CheckpointFolder {
  /** Its files. */
  readonly folder: ReadableFolder;
}

/** What is in a folder of checkpoints, by what became of it. */
export interface CheckpointNames {
  /** Under their final names; whole or not. */
  readonly finished: readonly FoundFolder[];
  /** Being written, or left by a writer that was killed. */
  readonly partial: readonly string[];
  /** Moved out of the way of a newer checkpoint of the same iteration. */
  readonly replaced: readonly FoundFolder[];
}

const DIGITS = 7;

/** `0001000`: the iteration padded so that names sort as numbers do. */
export function folderName(iteration: number): string {
  return String(iteration).padStart(DIGITS, '0');
}

/** Names that no finished checkpoint has. */
export function partialName(iteration: number): string {
  return `.partial-${folderName(iteration)}-${crypto.randomUUID()}`;
}

export function replacedName(iteration: number): string {
  return `.replaced-${folderName(iteration)}`;
}

function folderIn(directory: ReadableFolder, name: string, pattern: RegExp): FoundFolder[] {
  const digits = pattern.exec(name)?.[1];
  return digits === undefined ? [] : [{ iteration: Number(digits), path: directory.locate(name), folder: directory.folder(name) }];
}

/** Looks into a folder of checkpoints; one that does not exist has none. @throws where it cannot be listed */
export async function readNames(directory: ReadableFolder): Promise<CheckpointNames> {
  const names = await directory.folders();
  if (names === undefined)
    throw new Error(`${directory.path} cannot be listed, as no folder of a web server can; name the folder of a checkpoint`);
  return {
    finished: names.flatMap((name) => folderIn(directory, name, /^(\d{7,15})$/)),
    partial: names.filter((name) => name.startsWith('.partial-')).map((name) => directory.locate(name)),
    replaced: names.flatMap((name) => folderIn(directory, name, /^\.replaced-(\d{7,15})$/)),
  };
}

import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from './file-errors.js';

/** A folder that is, or was meant to be, a checkpoint. */
export interface CheckpointFolder {
  /** Iteration that its name says. */
  readonly iteration: number;
  /** Path of the folder. */
  readonly path: string;
}

/** What is in a folder of checkpoints, by what became of it. */
export interface CheckpointNames {
  /** Under their final names; whole or not. */
  readonly finished: readonly CheckpointFolder[];
  /** Being written, or left by a writer that was killed. */
  readonly partial: readonly string[];
  /** Moved out of the way of a newer checkpoint of the same iteration. */
  readonly replaced: readonly CheckpointFolder[];
}

const DIGITS = 7;

/** `0001000`: the iteration padded so that names sort as numbers do. */
export function folderName(iteration: number): string {
  return String(iteration).padStart(DIGITS, '0');
}

/** Names that no finished checkpoint has. */
export function partialName(iteration: number): string {
  return `.partial-${folderName(iteration)}-${randomUUID()}`;
}

export function replacedName(iteration: number): string {
  return `.replaced-${folderName(iteration)}`;
}

function folderIn(directory: string, name: string, pattern: RegExp): CheckpointFolder[] {
  const digits = pattern.exec(name)?.[1];
  return digits === undefined ? [] : [{ iteration: Number(digits), path: join(directory, name) }];
}

/** Looks into a folder of checkpoints; one that does not exist has none. */
export async function readNames(directory: string): Promise<CheckpointNames> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return {
    finished: names.flatMap((name) => folderIn(directory, name, /^(\d{7,15})$/)),
    partial: names.filter((name) => name.startsWith('.partial-')).map((name) => join(directory, name)),
    replaced: names.flatMap((name) => folderIn(directory, name, /^\.replaced-(\d{7,15})$/)),
  };
}

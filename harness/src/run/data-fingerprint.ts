import { readFile } from 'node:fs/promises';
import { writeWholeFile } from '@stargan/checkpoints';
import type { Dataset } from '@stargan/data';
import {
  compareFingerprints,
  describeFingerprintDifference,
  fingerprintDataset,
  type DatasetFingerprint,
  type FingerprintDifference,
} from '@stargan/data/inspection';
import { z } from 'zod';
import { runPaths } from './run-directory.js';

const storedFingerprint = z.object({
  formatVersion: z.literal(1),
  directory: z.string(),
  sha256: z.string(),
  files: z.record(z.string(), z.object({ bytes: z.number(), sha256: z.string().optional() })),
});

/** The images of a training compared with those that its run was trained on before. */
export interface ComparedImages {
  /** Sentences about the difference, if there is one. */
  readonly warnings: readonly string[];
  /** The difference as the run's history records it: of many names the first hundred. */
  readonly difference?: FingerprintDifference & { readonly sha256: string };
  /** Keeps the new fingerprint in the run's folder, where that is needed. */
  readonly keep: () => Promise<void>;
}

/**
 * Compares the images of a training with the fingerprint in its run's folder, `data.json`.
 *
 * @param run folder of the run
 * @param directory folder of the images
 * @param contents whether the contents of the files count, too
 */
export async function compareWithKeptFingerprint(
  run: string,
  directory: string,
  dataset: Dataset,
  contents: boolean,
): Promise<ComparedImages> {
  const next = await fingerprintDataset(directory, dataset, { contents });
  const before = await readFingerprint(run);
  const difference = before && compareFingerprints(before, next);
  const isKept = before !== undefined && difference === undefined && !contents;
  const keep = isKept
    ? () => Promise.resolve()
    : () => writeWholeFile(runPaths(run).data, `${JSON.stringify({ formatVersion: 1, ...next })}\n`);
  if (difference === undefined) return { warnings: [], keep };
  const few = (names: readonly string[]): string[] => names.slice(0, 100);
  return {
    warnings: [
      `warning: the images are not those that the run was trained on before: ${describeFingerprintDifference(difference)}; draws are others from here on`,
    ],
    difference: {
      sha256: next.sha256,
      added: few(difference.added),
      removed: few(difference.removed),
      changed: few(difference.changed),
    },
    keep,
  };
}

/** The fingerprint in a run's folder; undefined where there is none, or none that can be read. */
async function readFingerprint(run: string): Promise<DatasetFingerprint | undefined> {
  try {
    return storedFingerprint.parse(JSON.parse(await readFile(runPaths(run).data, 'utf8')));
  } catch {
    return undefined;
  }
}

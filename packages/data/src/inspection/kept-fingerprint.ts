import { readFile } from 'node:fs/promises';
import { writeWholeFile } from '@stargan/checkpoints';
import type { Dataset } from '../dataset.js';
import {
  compareFingerprints,
  describeFingerprintDifference,
  fingerprintDataset,
  type DatasetFingerprint,
  type FingerprintDifference,
} from './fingerprint.js';

/** Images compared with those that a program was run on before. */
export interface ComparedImages {
  /** Sentences about the difference, if there is one. */
  readonly warnings: readonly string[];
  /** The difference in short: of many names the first hundred; undefined where there is none. */
  readonly difference?: FingerprintDifference & { readonly sha256: string };
  /** Keeps the new fingerprint, where that is needed. */
  readonly keep: () => Promise<void>;
}

/**
 * Compares images with the fingerprint of an earlier run that was kept in a file.
 *
 * @param file that keeps it, such as `data.json`; it need not exist yet
 * @param directory folder of the images
 * @param dataset as `openDataset` finds it there
 * @param options `contents`: whether the contents of the files count, too. Default false
 */
export async function compareWithKeptFingerprint(
  file: string,
  directory: string,
  dataset: Dataset,
  { contents = false }: { contents?: boolean | undefined } = {},
): Promise<ComparedImages> {
  const next = await fingerprintDataset(directory, dataset, { contents });
  const before = await readFingerprint(file);
  const difference = before && compareFingerprints(before, next);
  const isKept = before !== undefined && difference === undefined && !contents;
  const keep = isKept ? () => Promise.resolve() : () => writeWholeFile(file, `${JSON.stringify({ formatVersion: 1, ...next })}\n`);
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

/** The fingerprint in a file; undefined where there is none, or none that can be read. */
async function readFingerprint(file: string): Promise<DatasetFingerprint | undefined> {
  try {
    const stored: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isStoredFingerprint(stored) ? stored : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

function isStoredFingerprint(value: unknown): value is DatasetFingerprint {
  if (!isRecord(value) || value.formatVersion !== 1) return false;
  const { directory, sha256, files } = value;
  if (typeof directory !== 'string' || typeof sha256 !== 'string' || !isRecord(files)) return false;
  return Object.values(files).every(
    (file) => isRecord(file) && typeof file.bytes === 'number' && (file.sha256 === undefined || typeof file.sha256 === 'string'),
  );
}

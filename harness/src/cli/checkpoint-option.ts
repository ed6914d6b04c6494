import type { Checkpoint } from '@stargan/checkpoints';
import { findBestCheckpoint, requireCheckpoint } from '@stargan/run';
import { wholeNumber } from '@stargan/command-line';

/** A checkpoint of a run: that of an iteration, or the best one by its evaluations. */
export type CheckpointChoice = number | 'best';

/** Reads `--checkpoint`. */
export const checkpointChoice = (text: string): CheckpointChoice => (text === 'best' ? text : wholeNumber(text));

/**
 * The chosen checkpoint of a run, the newest by default; faults of others are printed to standard error.
 *
 * @throws UsageError when there is no such checkpoint
 */
export async function openChosenCheckpoint(run: string, choice?: CheckpointChoice): Promise<Checkpoint> {
  if (choice === 'best') return findBestCheckpoint(run);
  const { checkpoint, notes } = await requireCheckpoint(run, choice);
  for (const note of notes) console.error(note);
  return checkpoint;
}

import { findLatestCheckpoint, type Checkpoint } from '@stargan/checkpoints';
import { disposeState, type TrainingState } from '../iteration/state.js';
import type { Frozen } from '../networks/freeze.js';
import type { Networks } from '../networks/networks.js';
import type { ProbeSizes } from '../networks/probe.js';
import { checkpointDirectory, readState } from './checkpoint.js';
import { describeFinding, findUnusable } from './state-faults.js';

/** Options of {@link openNewestState}. */
export interface OpenStateOptions {
  /** Number of domains. */
  readonly domains: number;
  /** Sizes of what the networks are given. */
  readonly sizes: ProbeSizes;
  /** Parameters that the training leaves as they are; none by default. */
  readonly frozen?: Frozen;
  /** Told of every checkpoint that was passed over, and why. */
  readonly log: (line: string) => void;
  /** What messages advise where none can be used. Default `start again in another folder`. */
  readonly alternative?: string;
}

/** A state that training can resume from. */
export interface OpenedState {
  /** Where it was read. */
  readonly checkpoint: Checkpoint;
  /** The state, which the caller owns. */
  readonly state: TrainingState;
}

/**
 * The state of a run's newest usable checkpoint: its files match their checksums and hold finite values of this model,
 * whose outputs are finite too.
 *
 * @param run folder of the run
 * @param networks as the checkpoints are of
 * @param options what the state is tested with, and who is told of what was passed over
 * @returns undefined when the run has no checkpoint at all; the caller owns the state
 * @throws Error when none of the checkpoints can be used, naming each and what to do
 */
export async function openNewestState(
  run: string,
  networks: Networks,
  { domains, sizes, frozen, log, alternative = 'start again in another folder' }: OpenStateOptions,
): Promise<OpenedState | undefined> {
  const passedOver: { path: string; reason: string }[] = [];
  const passOver = (path: string, reason: string): void => {
    passedOver.push({ path, reason });
    log(`checkpoint ${path} was passed over: ${reason}`);
  };
  let before: number | undefined;
  for (;;) {
    const { checkpoint, passedOver: damaged } = await findLatestCheckpoint(checkpointDirectory(run), { verify: 'sha256', before });
    for (const { path, reason } of damaged) passOver(path, reason);
    if (checkpoint === undefined) break;
    try {
      const state = await readState(networks, checkpoint, frozen);
      const finding = findUnusable(networks, state, domains, sizes);
      if (finding === undefined) return { checkpoint, state };
      disposeState(state);
      throw new Error(describeFinding(finding));
    } catch (error) {
      passOver(checkpoint.path, (error as Error).message.replace(`${checkpoint.path}/`, ''));
      before = checkpoint.iteration;
    }
  }
  if (passedOver.length === 0) return undefined;
  const list = passedOver.map(({ path, reason }) => `${path}: ${reason}`).join('; ');
  throw new Error(
    `${run} holds checkpoints, but none can be used (${list}); put one back from a copy, or ${alternative}; nothing was changed`,
  );
}

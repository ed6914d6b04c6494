import { findLatestCheckpoint, type Checkpoint } from '@stargan/checkpoints';
import { checkpointDirectory, disposeState, type Networks, type ProbeSizes, readState, type TrainingState } from '@stargan/training';
import { describePassedOver } from './run-directory.js';
import { describeFinding, findUnusable } from './state-faults.js';

/** A state that training can resume from. */
export interface OpenedState {
  readonly checkpoint: Checkpoint;
  readonly state: TrainingState;
}

/**
 * The state of a run's newest usable checkpoint: its files match their checksums and hold finite values of this model,
 * whose outputs are finite too.
 *
 * @param domains number of domains; `sizes` those of the networks' inputs; `log` is told of every checkpoint that was
 *   passed over, and why
 * @returns undefined when the run has no checkpoint at all; the caller owns the state
 * @throws Error when none of the checkpoints can be used, naming each and what to do
 */
export async function openNewestState(
  run: string,
  networks: Networks,
  { domains, sizes, log }: { domains: number; sizes: ProbeSizes; log: (line: string) => void },
): Promise<OpenedState | undefined> {
  const passedOver: { path: string; reason: string }[] = [];
  const passOver = (path: string, reason: string): void => {
    passedOver.push({ path, reason });
    log(describePassedOver({ path, reason }));
  };
  let before: number | undefined;
  for (;;) {
    const { checkpoint, passedOver: damaged } = await findLatestCheckpoint(checkpointDirectory(run), { verify: 'sha256', before });
    for (const { path, reason } of damaged) passOver(path, reason);
    if (checkpoint === undefined) break;
    try {
      const state = await readState(networks, checkpoint);
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
    `${run} holds checkpoints, but none can be used (${list}); put one back from a copy, or start again in another folder with --out; nothing was changed`,
  );
}

import { access } from 'node:fs/promises';
import { findLatestCheckpoint, type Checkpoint } from '@stargan/checkpoints';
import {
  type EmaNetwork,
  checkpointDirectory,
  describeOverflow,
  disposeAll,
  disposeState,
  findOverflow,
  type Networks,
  type ProbeSizes,
  readAverages,
  readState,
  type TrainingState,
  type WeightsOf,
} from '@stargan/training';
import { describeFinding, findUnusable } from './non-finite.js';
import { describePassedOver } from './run-directory.js';

/** A state that training can go on from. */
export interface OpenedState {
  readonly checkpoint: Checkpoint;
  readonly state: TrainingState;
}

/**
 * The state of the newest checkpoint of a run that can be used: its files are those that were written, and hold
 * finite values of this model, which gives finite values too.
 *
 * @param domains how many there are; `sizes` of what networks are given; `say` is told of every checkpoint that was passed over, and why
 * @returns undefined when the run has no checkpoint at all; the caller owns the state
 * @throws Error when there are checkpoints and none can be used, naming each and what to do
 */
export async function openNewestState(
  run: string,
  networks: Networks,
  { domains, sizes, say }: { domains: number; sizes: ProbeSizes; say: (line: string) => void },
): Promise<OpenedState | undefined> {
  const passedOver: { path: string; reason: string }[] = [];
  const passOver = (path: string, reason: string): void => {
    passedOver.push({ path, reason });
    say(describePassedOver({ path, reason }));
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
    `${run} holds checkpoints, but none can be used (${list}); put one back from a copy, or begin anew in another folder as --out; nothing was changed`,
  );
}

/** Weights to make images with, and the checkpoint that they are from. */
export interface OpenedAverages {
  readonly checkpoint: Checkpoint;
  readonly weights: WeightsOf<EmaNetwork>;
}

/** How often a checkpoint may vanish while it is read. */
const ATTEMPTS = 5;

/**
 * Reads the weights that make images, also of a run that is being trained: when training removes the checkpoint
 * before it was read, another one is looked for.
 *
 * @param model its networks, domains and sizes
 * @param find gives the checkpoint, and is asked again when it has gone
 * @returns weights that the caller owns
 * @throws naming the file and the fault, or the checkpoint whose weights give values that are not finite
 */
export async function openAverages(
  { networks, domains, sizes }: { networks: Networks; domains: number; sizes: ProbeSizes },
  find: () => Promise<Checkpoint>,
): Promise<OpenedAverages> {
  for (let attempt = 1; ; attempt++) {
    const checkpoint = await find();
    try {
      const weights = await readAverages(networks, checkpoint);
      const network = findOverflow(networks, weights, domains, sizes);
      if (network === undefined) return { checkpoint, weights };
      disposeAll(...Object.values(weights));
      throw new Error(`${checkpoint.path}: ${describeOverflow(network)}; the checkpoint cannot be used, take an earlier one`);
    } catch (error) {
      const isThere = await Promise.all(checkpoint.manifest.files.map(({ name }) => access(`${checkpoint.path}/${name}`))).then(
        () => true,
        () => false,
      );
      if (isThere || attempt === ATTEMPTS) throw error;
    }
  }
}

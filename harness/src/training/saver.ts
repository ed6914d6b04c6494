import type { Checkpoint } from '@stargan/checkpoints';
import type { Config, RunLock } from '@stargan/run';
import { type Networks, type TrainingState, writeCheckpoint } from '@stargan/training';

/** Saves a run's checkpoints. */
export interface Saver {
  /** The last good checkpoint. */
  readonly last: Checkpoint | undefined;
  /** Whether one is due after this iteration: by `saveEvery`, or by `saveMinutes`. */
  isDue(iteration: number): boolean;
  /** Saves the state, unless the last checkpoint holds it. @throws when that fails; older checkpoints stay */
  save(state: TrainingState): Promise<Checkpoint>;
  /** The same in the middle of training: a failure is warned of, and saving is tried again the next time it is due. */
  trySave(state: TrainingState): Promise<Checkpoint | undefined>;
}

/** Options of {@link createSaver}. */
export interface SaverOptions {
  readonly out: string;
  readonly networks: Networks;
  readonly config: Config;
  /** The lock of the folder; nothing is written once another process has taken it over. */
  readonly lock: Pick<RunLock, 'requireHeld'>;
  /** Why a state must not be saved; undefined where it may. */
  readonly faultOf: (state: TrainingState) => string | undefined;
  /** The checkpoint that training resumes from. */
  readonly last: Checkpoint | undefined;
  readonly warn: (line: string) => void;
}

const MILLISECONDS_PER_MINUTE = 60_000;

/** A saver whose clock starts now. */
export function createSaver({ out, networks, config, lock, faultOf, last, warn }: SaverOptions): Saver {
  let saved = last;
  let tried = performance.now();
  async function save(state: TrainingState): Promise<Checkpoint> {
    if (saved?.iteration === state.iteration) return saved;
    tried = performance.now();
    const fault = faultOf(state);
    if (fault !== undefined) throw new Error(fault);
    await lock.requireHeld();
    saved = await writeCheckpoint(out, networks, state, config.keepCheckpoints);
    // The time that saving takes does not count.
    tried = performance.now();
    return saved;
  }
  return {
    get last() {
      return saved;
    },
    isDue(iteration) {
      const { saveEvery, saveMinutes } = config;
      if (saveEvery > 0 && iteration % saveEvery === 0) return true;
      return saveMinutes > 0 && performance.now() - tried >= saveMinutes * MILLISECONDS_PER_MINUTE;
    },
    save,
    async trySave(state) {
      try {
        return await save(state);
      } catch (error) {
        tried = performance.now();
        warn(
          `WARNING: iteration ${state.iteration} is not saved: ${(error as Error).message}; ${nextTry(config, state.iteration)}; ${lastOf(saved)}`,
        );
        return undefined;
      }
    },
  };
}

/** When saving is tried again. */
function nextTry({ iterations, saveEvery, saveMinutes }: Config, iteration: number): string {
  if (iteration === iterations) return 'tried once more before training ends';
  const times = [
    ...(saveEvery > 0 ? [`at the next multiple of ${saveEvery} iterations`] : []),
    ...(saveMinutes > 0 ? [`in ${saveMinutes} minutes`] : []),
  ];
  return `training goes on, tried again ${times.length > 0 ? times.join(' or ') : 'at the end'}`;
}

/** Names the last good checkpoint. */
export function lastOf(checkpoint: Checkpoint | undefined): string {
  return checkpoint === undefined ? 'there is no checkpoint yet' : `the last good checkpoint is ${checkpoint.path}`;
}

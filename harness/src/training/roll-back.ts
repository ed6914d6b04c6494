import { disposeState, readState } from '@stargan/training';
import { describeFinding } from '@stargan/training';
import { dumpNonFinite, type NonFiniteDump } from './non-finite.js';
import { openLogs, openStream, recordEvent, type Training } from './training.js';

/** Training met a value that is not finite and ends; its state must not be saved. */
export class NonFiniteError extends Error {
  override readonly name = 'NonFiniteError';
}

/**
 * Writes down the iteration that left values that are not finite, then takes training back to the last checkpoint,
 * where that is wanted and possible.
 *
 * From the checkpoint on, training skips all draws that were used since, the faulty one included: the same draws would
 * lead to the same values. The offset belongs to the state and is saved with it, so a resumed run draws what it would
 * have drawn. A run that is killed before its next checkpoint meets the fault again and is taken back to the same place
 * again.
 *
 * @throws NonFiniteError naming what went wrong first, where it is written down, and the last good checkpoint
 */
export async function handleNonFinite(
  training: Training,
  found: Pick<NonFiniteDump, 'finding' | 'losses' | 'batch' | 'draw'>,
): Promise<void> {
  const { setup, position, outputs } = training;
  const { config, out, dataset, networks, frozen, sampler } = setup;
  const { state } = position;
  const { last } = outputs.saver;
  const what = `iteration ${state.iteration}: ${describeFinding(found.finding)}`;
  const dump = await dumpNonFinite(out, { ...found, state, folders: dataset.train, sampler, config, lastCheckpoint: last?.path }).then(
    (folder) => `batch and statistics are in ${folder}`,
    (error: Error) => `batch and statistics could not be written: ${error.message}`,
  );
  await recordEvent(training, {
    event: 'nonFinite',
    iteration: state.iteration,
    what: describeFinding(found.finding),
    draw: found.draw,
    lastCheckpoint: last?.path,
  });
  if (config.onNonFinite === 'stop' || last === undefined || state.rollbacks >= config.maxRollbacks) {
    const tried = config.onNonFinite === 'rollback' && state.rollbacks > 0 ? ` after ${state.rollbacks} roll-backs` : '';
    const remedy =
      last === undefined
        ? 'there is no checkpoint yet: lower learningRate or raise lambdaR1 and start again'
        : `the last good checkpoint is ${last.path}: lower learningRate or raise lambdaR1 and go on with --resume`;
    throw new NonFiniteError(`${what}; training stopped${tried}, ${remedy}; ${dump}`);
  }
  const restored = await readState(networks, last, frozen).catch((error: Error) => {
    throw new NonFiniteError(`${what}; training stopped, the last checkpoint cannot be read: ${error.message}; ${dump}`, { cause: error });
  });
  const undone = state.iteration - restored.iteration;
  restored.drawOffset = state.drawOffset + undone;
  restored.rollbacks = state.rollbacks + 1;
  disposeState(state);
  position.state = restored;
  await position.stream.close();
  position.stream = openStream(setup, restored);
  position.logs = await openLogs(out, restored.iteration);
  await outputs.monitor.rolledBack(restored.iteration);
  const { iteration, drawOffset, rollbacks } = restored;
  await recordEvent(training, {
    event: 'rolledBack',
    iteration,
    from: iteration + undone,
    checkpoint: last.path,
    drawOffset,
    rollbacks,
  });
  outputs.progress.log(
    `warning: ${what}; ${dump}; back to ${last.path} (${rollbacks} of ${config.maxRollbacks} roll-backs), from there on with other draws`,
  );
}

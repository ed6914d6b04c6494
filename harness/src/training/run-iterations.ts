import { memory } from '@tensorflow/tfjs-core';
import { describeLeftOut, describeNoted } from '../dataset/training-images.js';
import {
  EMA_NETWORKS,
  disposeBatch,
  findNonFiniteUpdate,
  type Losses,
  mapNames,
  tensorBatch,
  trainIteration,
  yieldToEventLoop,
} from '@stargan/training';
import { writeSamples } from '../sampling/write-samples.js';
import { findUnusable, nonFiniteLoss, type NonFiniteFinding } from './non-finite.js';
import { handleNonFinite } from './roll-back.js';
import { runPaths } from './run-directory.js';
import type { Training } from './training.js';

const isDue = (iteration: number, every: number): boolean => every > 0 && iteration % every === 0;

/**
 * Trains until all iterations are done or `signal` is aborted. Within an iteration the state is checked and saved
 * first, then pictures are drawn, then it is evaluated.
 *
 * @throws NonFiniteError, or whatever failed: an image, the update, an evaluation
 */
export async function runIterations(training: Training, signal: AbortSignal | undefined): Promise<void> {
  const { config, progress, saver } = training;
  // An evaluation that was stopped, or had not begun when the checkpoint was there, comes first.
  if (isEvaluationDue(training)) await evaluate(training);
  const meter = startMeter(training);
  let reported = new Set<string>();
  while (training.state.iteration < config.iterations && signal?.aborted !== true) {
    const done = await iterate(training);
    if (done === undefined) {
      meter.restart();
      continue;
    }
    const { losses, due } = done;
    const { iteration } = training.state;
    const isLast = iteration === config.iterations;
    progress.update(iteration, losses);
    reported = reportSkipped(training, reported);
    if (isDue(iteration, config.logEvery) || isLast) {
      await training.attempts.attempt('log.jsonl', () => training.logs.losses.append({ iteration, ...losses }));
      await training.attempts.attempt('speed.jsonl', () => training.logs.speed.append({ iteration, ...meter.read() }));
    }
    if (due.save) await saver.trySave(training.state);
    if (due.sample) await training.attempts.attempt('a sample grid', () => sample(training, signal));
    if (due.evaluate) {
      const resume = meter.pause(); // speed is that of training
      await evaluate(training);
      resume();
    }
    await yieldToEventLoop();
  }
}

/** What comes after an iteration; decided once, since the time for a checkpoint may come at any moment. */
interface Due {
  readonly save: boolean;
  readonly sample: boolean;
  readonly evaluate: boolean;
}

function dueAfter(training: Training): Due {
  const { config, saver, state } = training;
  const isLast = state.iteration === config.iterations;
  return {
    save: isLast || saver.isDue(state.iteration),
    sample: isLast || isDue(state.iteration, config.sampleEvery),
    evaluate: isEvaluationDue(training),
  };
}

/** One iteration; undefined when it left values that are not finite, and training was taken back. */
async function iterate(training: Training): Promise<{ losses: Losses; due: Due } | undefined> {
  const { config, networks, optimizers, state } = training;
  const prepared = await training.stream.next();
  const batch = tensorBatch(prepared, config.imageSize, config.latentDim, config.seed, config.penalty);
  try {
    training.isUpdating = true;
    const losses = trainIteration(networks, optimizers, state, batch, config);
    training.isUpdating = false;
    const due = dueAfter(training);
    const finding = check(training, losses, due);
    if (finding === undefined) return { losses, due };
    await handleNonFinite(training, { finding, losses, batch, draw: prepared.iteration });
    return undefined;
  } finally {
    disposeBatch(batch);
  }
}

/** Losses and updates after every iteration; whether the networks can be used where the state is kept or shown. */
function check({ state, networks, dataset, config }: Training, losses: Losses, due: Due): NonFiniteFinding | undefined {
  const loss = nonFiniteLoss(losses);
  const tensor = findNonFiniteUpdate(state);
  if (loss !== undefined || tensor !== undefined) return { loss, tensor };
  return due.save || due.sample || due.evaluate ? findUnusable(networks, state, dataset.train.domains.length, config) : undefined;
}

/** Seconds since it was last read, how many of them were spent waiting for images, and the memory in use. */
interface Meter {
  read(): Record<string, number>;
  /** @returns lets time run again */
  pause(): () => void;
  /** Begins anew: training was taken back. */
  restart(): void;
}

function startMeter(training: Training): Meter {
  const waitSeconds = (): number => training.stream.statistics().waitSeconds;
  let began = performance.now();
  let waited = waitSeconds();
  let logged = training.state.iteration;
  const restart = (): void => {
    began = performance.now();
    waited = waitSeconds();
    logged = training.state.iteration;
  };
  return {
    read() {
      const seconds = (performance.now() - began) / 1000;
      const dataWaitSeconds = waitSeconds() - waited;
      const iterations = training.state.iteration - logged;
      restart();
      return {
        iterations,
        seconds,
        dataWaitSeconds,
        dataWaitShare: dataWaitSeconds / seconds,
        tensorBytes: memory().numBytes,
        residentBytes: process.memoryUsage.rss(),
      };
    },
    pause() {
      const paused = performance.now();
      return () => (began += performance.now() - paused);
    },
    restart,
  };
}

/** Names images that were left out, and those with something odd about them, each once. */
function reportSkipped({ stream, progress }: Training, reported: Set<string>): Set<string> {
  const { skipped, noted } = stream.statistics();
  if (skipped.length + noted.length === reported.size) return reported;
  for (const image of skipped) if (!reported.has(image.file)) progress.say(describeLeftOut(image));
  for (const image of noted) if (!reported.has(image.file)) progress.say(describeNoted(image));
  return new Set([...skipped, ...noted].map(({ file }) => file));
}

async function sample({ config, networks, state, inputs, out }: Training, signal: AbortSignal | undefined): Promise<void> {
  const weights = mapNames(EMA_NETWORKS, (name) => state.ema[name]);
  const name = `${state.iteration}`.padStart(7, '0');
  await writeSamples({ networks, weights }, inputs, runPaths(out).samples, name, config, signal);
}

const isEvaluationDue = ({ config, state }: Training): boolean =>
  config.evaluateEvery > 0 &&
  state.iteration > 0 &&
  (isDue(state.iteration, config.evaluateEvery) || state.iteration === config.iterations);

/** Evaluates a checkpoint of this iteration; one that has been evaluated is passed over, and so is one that cannot be saved. */
async function evaluate({ networks, state, evaluation, saver, progress }: Training): Promise<void> {
  const checkpoint = await saver.trySave(state);
  if (checkpoint === undefined) progress.say(`warning: iteration ${state.iteration} is not evaluated, for it could not be saved`);
  else await evaluation.evaluate(checkpoint, { networks, weights: mapNames(EMA_NETWORKS, (name) => state.ema[name]) });
}

import { collectGarbage } from '@stargan/backend';
import { EMA_NETWORKS, disposeBatch, type Losses, mapNames, type Sampler, tensorBatch, yieldToEventLoop } from '@stargan/training';
import { describeLeftOut, describeNoted } from '../dataset/training-images.js';
import { runPaths } from '@stargan/run';
import { findUnusable, type NonFiniteFinding } from '@stargan/training';
import { writeSamples } from '../sampling/write-samples.js';
import { nonFiniteLoss } from './non-finite.js';
import { readingsOf } from './monitor.js';
import { handleNonFinite } from './roll-back.js';
import { startSpeedMeter } from './speed-meter.js';
import type { Training } from './training.js';

const isDue = (iteration: number, every: number): boolean => every > 0 && iteration % every === 0;

/**
 * Trains until all iterations are done or `signal` is aborted. After an iteration the state is checked and saved
 * first, then sampled from, then evaluated.
 *
 * @throws NonFiniteError, or whatever failed: an image, the update, an evaluation
 */
export async function runIterations(training: Training, signal: AbortSignal | undefined): Promise<void> {
  const { setup, position, outputs } = training;
  const { config } = setup;
  const { saver, progress, optionalWrites, monitor } = outputs;
  // An evaluation that was stopped, or had not begun when its checkpoint was saved, comes first.
  if (isEvaluationDue(training)) await evaluate(training);
  // What the networks make of the fixed images before they have learnt anything.
  if (position.state.iteration === 0 && config.sampleEvery > 0)
    await optionalWrites.attempt('a sample grid', () => sample(training, signal));
  const meter = startSpeedMeter(position.state.iteration, () => position.stream.statistics().waitSeconds);
  let reported = new Set<string>();
  let collects = true;
  while (position.state.iteration < config.iterations && signal?.aborted !== true) {
    const done = await iterate(training);
    const { iteration } = position.state;
    if (done === undefined) {
      meter.restart(iteration);
      continue;
    }
    // The weights that were begun with are garbage by now, which stays unless it is collected.
    if (collects) collectGarbage();
    collects = false;
    const { losses, due } = done;
    progress.update(iteration, losses);
    reported = reportSkipped(training, reported);
    if (isDue(iteration, config.logEvery) || iteration === config.iterations) {
      const line = { iteration, ...losses, ...readingsOf(position.state, config) };
      const speed = { iteration, ...meter.read(iteration) };
      await optionalWrites.attempt('log.jsonl', () => position.logs.losses.append(line));
      await optionalWrites.attempt('speed.jsonl', () => position.logs.speed.append(speed));
      await monitor.logged(line, speed);
    }
    if (due.save) await saver.trySave(position.state);
    if (due.sample) await optionalWrites.attempt('a sample grid', () => sample(training, signal));
    if (due.evaluate) {
      const resume = meter.pause(); // the speed is that of training
      await evaluate(training);
      resume();
    }
    await yieldToEventLoop();
  }
}

/** What follows an iteration; decided once, since the time for a checkpoint may come at any moment. */
interface Due {
  readonly save: boolean;
  readonly sample: boolean;
  readonly evaluate: boolean;
}

function dueAfter(training: Training): Due {
  const { config } = training.setup;
  const { iteration } = training.position.state;
  const isLast = iteration === config.iterations;
  return {
    save: isLast || training.outputs.saver.isDue(iteration),
    sample: isLast || isDue(iteration, config.sampleEvery),
    evaluate: isEvaluationDue(training),
  };
}

/** One iteration; undefined when it left values that are not finite and training was rolled back. */
async function iterate(training: Training): Promise<{ losses: Losses; due: Due } | undefined> {
  const { setup, position } = training;
  const { config, updates } = setup;
  const prepared = await position.stream.next();
  const { imageSize, latentDim, seed, penalty, augmentation } = config;
  const batch = tensorBatch(prepared, imageSize, latentDim, seed, penalty, updates.labels, augmentation);
  try {
    position.isUpdating = true;
    const losses = updates.iteration.run(position.state, batch);
    position.isUpdating = false;
    const due = dueAfter(training);
    const finding = check(training, losses, due);
    if (finding === undefined) return { losses, due };
    await handleNonFinite(training, { finding, losses, batch, draw: prepared.iteration });
    return undefined;
  } finally {
    disposeBatch(batch);
  }
}

/** Checks losses and updates after every iteration, and the networks' outputs before the state is saved or used. */
function check({ setup, position }: Training, losses: Losses, due: Due): NonFiniteFinding | undefined {
  const loss = nonFiniteLoss(losses);
  const tensor = setup.updates.iteration.findNonFinite(position.state);
  if (loss !== undefined || tensor !== undefined) return { loss, tensor };
  const isUsed = due.save || due.sample || due.evaluate;
  return isUsed ? findUnusable(setup.networks, position.state, setup.dataset.train.domains.length, setup.config) : undefined;
}

/** Names images that were left out, and those that look odd, once each. */
function reportSkipped({ position, outputs }: Training, reported: Set<string>): Set<string> {
  const { skipped, noted } = position.stream.statistics();
  if (skipped.length + noted.length === reported.size) return reported;
  for (const image of skipped) if (!reported.has(image.file)) outputs.progress.log(describeLeftOut(image));
  for (const image of noted) if (!reported.has(image.file)) outputs.progress.log(describeNoted(image));
  return new Set([...skipped, ...noted].map(({ file }) => file));
}

/** The networks with the moving averages of their weights. */
function averaged({ setup, position }: Training): Sampler {
  return { networks: setup.networks, weights: mapNames(EMA_NETWORKS, (name) => position.state.ema[name]) };
}

async function sample(training: Training, signal: AbortSignal | undefined): Promise<void> {
  const { config, out } = training.setup;
  const name = `${training.position.state.iteration}`.padStart(7, '0');
  const files = await writeSamples(averaged(training), training.outputs.fixedInputs, runPaths(out).samples, name, config, signal);
  await training.outputs.monitor.sampled(files, training.position.state.iteration);
}

function isEvaluationDue({ setup, position }: Training): boolean {
  const { evaluateEvery, iterations } = setup.config;
  const { iteration } = position.state;
  return evaluateEvery > 0 && iteration > 0 && (isDue(iteration, evaluateEvery) || iteration === iterations);
}

/** Evaluates a checkpoint of this iteration, unless it has been evaluated or cannot be saved. */
async function evaluate(training: Training): Promise<void> {
  const { saver, progress, evaluate: measure } = training.outputs;
  const { state } = training.position;
  const checkpoint = await saver.trySave(state);
  if (checkpoint === undefined) progress.log(`warning: iteration ${state.iteration} is not evaluated because it could not be saved`);
  else {
    await measure(checkpoint, averaged(training));
    await training.outputs.monitor.evaluated(state.iteration);
  }
}

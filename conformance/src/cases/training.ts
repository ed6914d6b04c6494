import { mul, tensor } from '@tensorflow/tfjs-core';
import { torchShape, type ConvolutionMethod } from '@stargan/layers';
import { adam, exponentialMovingAverage } from '@stargan/optimizers';
import {
  EMA_NETWORKS,
  type EmaNetwork,
  type Batch,
  buildNetworks,
  buildOptimizers,
  disposeAll,
  disposeBatch,
  disposeState,
  mapNames,
  NETWORK_NAMES,
  type Networks,
  stateFromWeights,
  trainIteration,
  type WeightsOf,
} from '@stargan/training';
import { z } from 'zod';
import { configNumber, requireConstant, requireInput, requireInputAsStored } from '../case-inputs.js';
import { hashedWeights, parameterValues } from '../hashed-values.js';
import type { GoldenCase } from '../manifest.js';
import { modelConfig } from '../model-config.js';
import { computed, type Outcome } from '../outcome.js';
import { parameterRow, parameterTables, torchValues } from '../parameter-statistics.js';
import { hashedNetworkWeights, TORCH_PREFIX } from './losses.js';

/** Steps of Adam on one tensor with given gradients. Values do not mix, so all stays in the goldens' layout. */
export function adamCase(golden: GoldenCase): Outcome {
  requireConstant(golden, 'eps', 1e-8);
  const shape = z.array(z.number()).parse(golden.config.shape);
  const [beta1, beta2] = z.tuple([z.number(), z.number()]).parse(golden.config.betas);
  const optimizer = adam({ learningRate: configNumber(golden, 'lr'), beta1, beta2, weightDecay: configNumber(golden, 'weight_decay') });
  const scale = configNumber(golden, 'grad_scale');
  let parameters: Record<string, ReturnType<typeof tensor>> = { p: requireInputAsStored(golden, /\.p$/) };
  let state = optimizer.init(parameters);
  const trajectory: number[] = [];
  const steps = golden.inputs.filter(({ name }) => /\.g\d+$/.test(name)).length;
  for (let step = 0; step < steps; step++) {
    const gradient = requireInputAsStored(golden, new RegExp(`\\.g${step}$`));
    const scaled = mul(gradient, scale);
    const next = optimizer.update(parameters, { p: scaled }, state);
    disposeAll(parameters, { gradient, scaled, first: state.first, second: state.second });
    ({ parameters, state } = next);
    trajectory.push(...parameters.p!.dataSync());
  }
  const moment = (flat: { dataSync: () => ArrayLike<number> }): { shape: number[]; data: ArrayLike<number> } => ({
    shape,
    data: flat.dataSync(),
  });
  const tensors = {
    trajectory: { shape: [steps, ...shape], data: trajectory },
    exp_avg: moment(state.first),
    exp_avg_sq: moment(state.second),
  };
  disposeAll(parameters, { first: state.first, second: state.second });
  return { tensors, scalars: {} };
}

/** The moving average of a linear layer's weights. */
export function movingAverageCase(golden: GoldenCase): Outcome {
  const [outFeatures, inFeatures] = z.tuple([z.number(), z.number()]).parse(golden.config.shape);
  const shapes = { weight: [outFeatures, inFeatures], bias: [outFeatures] };
  const [live, initial] = golden.weights.map(({ prefix, seed }) =>
    Object.fromEntries(
      Object.entries(shapes).map(([key, shape]) => [key, tensor(parameterValues(`${prefix}.${key}`, shape, seed), shape)]),
    ),
  );
  let average = initial!;
  for (let i = 0; i < configNumber(golden, 'times'); i++) {
    const next = exponentialMovingAverage(average, live!, configNumber(golden, 'beta'));
    disposeAll(average);
    average = next;
  }
  const tensors = Object.fromEntries(Object.entries(average).map(([key, value]) => [key, computed(value)]));
  disposeAll(average, live!);
  return { tensors, scalars: {} };
}

const labelTable = z.array(z.array(z.number()));

function iterationBatch(golden: GoldenCase, iteration: number): Batch {
  const input = (name: string): ReturnType<typeof requireInput> => requireInput(golden, new RegExp(`\\.iter${iteration}\\.${name}$`));
  return {
    image: input('x_src'),
    domain: labelTable.parse(golden.config.y_src)[iteration]!,
    reference: input('x_ref'),
    reference2: input('x_ref2'),
    targetDomain: labelTable.parse(golden.config.y_ref)[iteration]!,
    latent: input('z_trg'),
    latent2: input('z_trg2'),
  };
}

function averageWeights(networks: Networks, seed: number): WeightsOf<EmaNetwork> {
  return mapNames(EMA_NETWORKS, (name) => hashedWeights(networks[name].specs, TORCH_PREFIX[name], seed));
}

/** Whole training iterations with given inputs: all losses, and what became of every parameter. */
export function iterationsCase(golden: GoldenCase, variant: ConvolutionMethod): Outcome {
  const number = (key: string): number => configNumber(golden, key);
  requireConstant(golden, 'adam_eps', 1e-8);
  const { config, domains } = modelConfig(golden);
  const networks = buildNetworks({ ...config, convolution: variant }, domains);
  const optimizers = buildOptimizers({
    learningRate: number('lr'),
    mappingLearningRate: number('f_lr'),
    beta1: number('beta1'),
    beta2: number('beta2'),
    weightDecay: number('weight_decay'),
  });
  const averageSeed = number('ema_weights_seed');
  const state = stateFromWeights(hashedNetworkWeights(networks, golden), averageWeights(networks, averageSeed), optimizers);
  const iterationConfig = {
    lambdaR1: number('lambda_reg'),
    lambdaStyle: number('lambda_sty'),
    lambdaDiversity: number('lambda_ds'),
    lambdaCycle: number('lambda_cyc'),
    diversityIterations: number('ds_iter'),
    emaDecay: number('ema_beta'),
  };
  const outcome: Outcome = { tensors: {}, scalars: {} };
  for (let i = 0; i < number('iterations'); i++) {
    const batch = iterationBatch(golden, i);
    const losses = trainIteration(networks, optimizers, state, batch, iterationConfig);
    for (const [name, value] of Object.entries(losses)) outcome.scalars[`iter${i}/${name}`] = value;
    disposeBatch(batch);
  }

  const seed = number('weights_seed');
  for (const name of NETWORK_NAMES) addTables(outcome, TORCH_PREFIX[name], networks, name, state.weights[name], seed, seed);
  for (const name of EMA_NETWORKS) addTables(outcome, `ema_${TORCH_PREFIX[name]}`, networks, name, state.ema[name], averageSeed, seed);
  disposeState(state);
  return outcome;
}

/** Tables of the end values and of their change since the start. */
function addTables(
  outcome: Outcome,
  table: string,
  networks: Networks,
  name: keyof Networks,
  weights: Readonly<Record<string, ReturnType<typeof tensor>>>,
  startSeed: number,
  projectionSeed: number,
): void {
  const rows = networks[name].specs.map((spec) => {
    const key = `${TORCH_PREFIX[name]}.${spec.name}`;
    const end = torchValues(spec, weights[spec.name]!);
    const start = parameterValues(key, torchShape(spec), startSeed);
    const change = new Float64Array(end.length);
    // A loop: Float64Array.from takes a microsecond for each of some hundred million values.
    for (let i = 0; i < change.length; i++) change[i] = end[i]! - start[i]!;
    return { end: parameterRow(key, end, projectionSeed), change: parameterRow(key, change, projectionSeed) };
  });
  Object.assign(
    outcome.tensors,
    parameterTables(
      `${table}.`,
      rows.map(({ end }) => end),
    ),
  );
  Object.assign(
    outcome.tensors,
    parameterTables(
      `${table}.delta_`,
      rows.map(({ change }) => change),
    ),
  );
}

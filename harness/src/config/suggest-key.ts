import { closest } from 'fastest-levenshtein';
import { CONFIG_KEYS, type Config } from './schema.js';

/** What values are called elsewhere: short names, and the options of the reference implementation. */
const OTHER_NAMES: Readonly<Record<string, keyof Config>> = {
  lr: 'learningRate',
  rate: 'learningRate',
  flr: 'mappingLearningRate',
  mappinglr: 'mappingLearningRate',
  lrmapping: 'mappingLearningRate',
  wd: 'weightDecay',
  bs: 'batch',
  batchsize: 'batch',
  minibatch: 'batch',
  gradaccum: 'gradientAccumulation',
  iters: 'iterations',
  iter: 'iterations',
  steps: 'iterations',
  epochs: 'iterations',
  totaliters: 'iterations',
  maxsteps: 'iterations',
  dsiter: 'diversityIterations',
  size: 'imageSize',
  imgsize: 'imageSize',
  resolution: 'imageSize',
  res: 'imageSize',
  whpf: 'highPass',
  hpf: 'highPass',
  lambdareg: 'lambdaR1',
  r1: 'lambdaR1',
  r1gamma: 'lambdaR1',
  lambdasty: 'lambdaStyle',
  lambdads: 'lambdaDiversity',
  lambdacyc: 'lambdaCycle',
  lambdagp: 'lambdaGradientPenalty',
  lambdacls: 'lambdaClassification',
  randcropprob: 'cropProbability',
  ema: 'emaDecay',
  ncritic: 'criticSteps',
  zdim: 'latentDim',
  dim: 'widthBudget',
  maxconvdim: 'maxWidth',
  printevery: 'logEvery',
  evalevery: 'evaluateEvery',
  numoutsperdomain: 'evaluateOutputs',
  randomseed: 'seed',
};

const plain = (key: string): string => key.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The config key that has this name in another spelling, or elsewhere. */
export function findKey(name: string): keyof Config | undefined {
  const written = plain(name);
  return CONFIG_KEYS.find((known) => plain(known) === written) ?? (Object.hasOwn(OTHER_NAMES, written) ? OTHER_NAMES[written] : undefined);
}

/** The config key that was probably meant: that of another spelling or name, else the nearest. */
export const suggestKey = (key: string): keyof Config => findKey(key) ?? (closest(key, CONFIG_KEYS) as keyof Config);

import type { FidName } from '@stargan/evaluation';
import type { Config } from '@stargan/run';

/** What settles an evaluation besides networks, images and pretrained weights. */
export interface EvaluationOptions {
  /** Translations of each source in each task. */
  readonly outputs: number;
  /** Most sources per domain; 0 takes all validation images. */
  readonly sources: number;
  /** Most training images per domain that translations are compared with; 0 takes all. */
  readonly reals: number;
  /** Training steps of the classifier that tells the domains of translations. */
  readonly classifierSteps: number;
  readonly fid: FidName;
  /** Seed of latent codes, references, KID's subsets and the domain classifier. */
  readonly seed: number;
}

/** The options that a configuration says. */
export function evaluationOptions(config: Config): EvaluationOptions {
  const {
    evaluateOutputs: outputs,
    evaluateSources: sources,
    evaluateReals: reals,
    evaluateClassifierSteps: classifierSteps,
    evaluateFid: fid,
    seed,
  } = config;
  return { outputs, sources, reals, classifierSteps, fid, seed };
}

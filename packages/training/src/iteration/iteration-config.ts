import type { ArchitectureConfig } from '../networks/config-fields.js';
import type { BatchConfig, OptimizerConfig } from './config-fields.js';
import type { TermConfig } from './terms.js';

/** What an iteration needs to know besides networks and optimisers; what is left out is the reference's. */
export type IterationConfig = Partial<
  TermConfig &
    Pick<ArchitectureConfig, 'gradientCheckpointing'> &
    Pick<BatchConfig, 'gradientAccumulation'> &
    Pick<OptimizerConfig, 'emaDecay'>
>;

/** Losses by the reference's names: `D/latent_real`, `G/ref_cyc`, `G/lambda_ds`, … */
export type Losses = Record<string, number>;

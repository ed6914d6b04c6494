import type { ModelConfig } from '@stargan/training';
import { configNumber } from './case-inputs.js';
import type { GoldenCase } from './manifest.js';

/** Sizes of the networks from a case's config; what it does not name has the reference's default. */
export function modelConfig(golden: GoldenCase): { config: ModelConfig; domains: number } {
  const number = (key: string, fallback: number): number => configNumber(golden, key, fallback);
  return {
    domains: number('num_domains', 2),
    config: {
      imageSize: number('img_size', 256),
      styleDim: number('style_dim', 64),
      latentDim: number('latent_dim', 16),
      hiddenDim: number('hidden_dim', 512),
      widthBudget: 2 ** 14,
      maxWidth: number('max_conv_dim', 512),
      highPass: number('w_hpf', 0),
    },
  };
}

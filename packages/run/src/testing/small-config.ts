import { parseConfig } from '../config/resolve.js';
import type { Config } from '../config/schema.js';

/** A checked configuration of a small model. */
export const smallConfig = (values: Partial<Config> = {}): Config =>
  parseConfig({
    imageSize: 16,
    widthBudget: 64,
    maxWidth: 8,
    styleDim: 4,
    latentDim: 4,
    hiddenDim: 8,
    batch: 2,
    iterations: 20,
    ...values,
  });

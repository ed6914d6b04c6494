import { adain } from '@stargan/layers';
import type { AdainVariant } from '../../suites/adain.js';

export const variant: AdainVariant = (parameters, x, style) =>
  adain('', { channels: x.shape[3]!, styleDim: style.shape[1]! }).apply(parameters, x, style);

import { exponentialMovingAverage } from '@stargan/optimizers';
import type { MovingAverageVariant } from '../../suites/optimizer.js';

export const variant: MovingAverageVariant = exponentialMovingAverage;

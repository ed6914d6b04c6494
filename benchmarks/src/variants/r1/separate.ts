import { add } from '@tensorflow/tfjs-core';
import { r1Penalty, realLogisticLoss } from '@stargan/losses';
import type { R1Variant } from '../../suites/r1.js';

export const variant: R1Variant = (apply, image) => add(realLogisticLoss(apply(image)), r1Penalty(apply, image));

import { instanceNormalization } from '@stargan/ops';
import type { InstanceNormVariant } from '../../suites/instance-norm.js';

export const variant: InstanceNormVariant = instanceNormalization;

import { parseFields } from '@stargan/config';
import { type TrainingConfig, trainingFields } from '../config/training-config.js';

/** A whole configuration of these values, checked. */
export const parseConfig = (values: Readonly<Record<string, unknown>>): TrainingConfig => parseFields(trainingFields, values);

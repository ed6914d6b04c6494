import { openFolder } from '@stargan/checkpoints';
import { parseFields } from '@stargan/config';
import {
  averageFile,
  filesOf,
  findModel,
  optimizerFile,
  REFERENCE_NAMES,
  ROUNDED_WEIGHTS,
  trainingFields,
  weightsFile,
  type FoundModel,
  type OpenedRecord,
  type TrainingConfig,
} from '@stargan/training';

// The files of a trained model, for a format of one's own.
const found: FoundModel = await findModel('runs/01');
const record: OpenedRecord = found;
const checkpoint = await found.find();
const config: TrainingConfig = parseFields(trainingFields, { ...record.config, iterations: 1 });
for (const file of [averageFile('generator'), weightsFile('discriminator'), optimizerFile('styleEncoder')])
  console.log(await filesOf(checkpoint).size(file), openFolder('runs/01').locate(file));
console.log(REFERENCE_NAMES.mappingNetwork, ROUNDED_WEIGHTS.precision, config.iterations);

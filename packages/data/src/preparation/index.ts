export type { ValidationChoice } from './assign-splits.js';
export type { BoxOptions, BoxUse } from './box-options.js';
export { describePreparation } from './describe-preparation.js';
export { fitPicture, type PictureFit } from './fit-picture.js';
export type { PreparedFormat } from './output-names.js';
export { prepareDataset, type Preparation, type PreparedDomain } from './prepare-dataset.js';
export type { PrepareOptions } from './prepare-options.js';

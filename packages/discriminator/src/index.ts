export { discriminator, type Discriminator, type DiscriminatorOptions } from './discriminator.js';
export { labelMapDiscriminator } from './label-map-discriminator.js';
export { patchClassifier, type PatchClassifier, type PatchClassifierOptions } from './patch-classifier.js';
export { projectionDiscriminator } from './projection-discriminator.js';

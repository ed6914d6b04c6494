export { discriminator, type Discriminator, type DiscriminatorOptions } from './discriminator.js';

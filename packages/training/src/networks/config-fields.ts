import { count, dimension, rate, type ConfigOf, type Fields } from '@stargan/config';

/** Sizes of the networks. */
export const sizeFields = {
  imageSize: {
    kind: 'whole',
    minimum: 16,
    // Images that are larger do not fit in any memory with their feature maps.
    maximum: 2 ** 14,
    powerOfTwo: true,
    default: 256,
    description: 'Height and width of the images: a power of two ≥ 16.',
  },
  styleDim: { ...dimension, default: 64, description: 'Length of a style code.' },
  latentDim: { ...dimension, default: 16, description: 'Length of a latent code.' },
  hiddenDim: { ...dimension, default: 512, description: "Width of the mapping network's hidden layers." },
  widthBudget: {
    ...count,
    minimum: 16,
    default: 2 ** 14,
    description: 'First width of the convolutional networks × `imageSize`; at least `imageSize`.',
  },
  maxWidth: { ...dimension, default: 512, description: 'Cap of the widths, which double per level.' },
  highPass: {
    ...rate,
    default: 0,
    description:
      'Weight w_hpf of the high-pass skip, which takes the place of the shortcuts: it divides the filter, and 0 leaves the skip out. Its masks of face landmarks are an input that the training does not make yet.',
  },
} as const satisfies Fields;

/** Which networks there are, and how they are computed; the defaults are the reference implementation's. */
export const architectureFields = {
  convolution: {
    kind: 'choice',
    values: ['winograd', 'fused', 'composed'],
    default: 'winograd',
    description:
      'How blocks convolve and resample: all are the same function; `composed` is the textbook order, `fused` merges convolution and resampling, and `winograd` filters minimally as well, where the backend has kernels for it.',
  },
  conditioning: {
    kind: 'choice',
    values: ['style', 'latent', 'label'],
    default: 'style',
    description:
      'What carries the target domain to the generator: a `style` of mapping network or style encoder, a `latent` code beside the one-hot domain, or the one-hot domain alone (`label`).',
  },
  injection: {
    kind: 'choice',
    values: ['adain', 'concatenation'],
    default: 'adain',
    description: 'Where that enters the generator: in AdaIN, or as maps beside the image.',
  },
  mappingNetwork: {
    kind: 'choice',
    values: ['branches', 'conditional'],
    default: 'branches',
    description: 'A branch per domain, or the domain as an input.',
  },
  styleEncoder: {
    kind: 'choice',
    values: ['branches', 'conditional'],
    default: 'branches',
    description: 'A head per domain, or the domain as an input.',
  },
  discriminator: {
    kind: 'choice',
    values: ['branches', 'projection', 'labelMaps', 'patchClassifier'],
    default: 'branches',
    description:
      'An output per domain; the domain as an input, by `projection` or as `labelMaps`; or a critic of patches with a classifier of domains.',
  },
  gradientCheckpointing: {
    kind: 'choice',
    values: ['none', 'blocks'],
    default: 'none',
    description:
      'What is kept for the backward pass: `blocks` keeps the inputs of residual blocks and computes their insides again, for the same numbers in less memory and about a quarter more time.',
  },
} as const satisfies Fields;

/** Keys of the values, beside the image size, that settle which parameters there are and their shapes: weights belong to them. */
export const PARAMETER_KEYS = [
  'styleDim',
  'latentDim',
  'hiddenDim',
  'widthBudget',
  'maxWidth',
  'highPass',
  'conditioning',
  'injection',
  'mappingNetwork',
  'styleEncoder',
  'discriminator',
] as const satisfies readonly (keyof typeof sizeFields | keyof typeof architectureFields)[];

/** Sizes of the networks. */
export type SizeConfig = ConfigOf<typeof sizeFields>;

/** Which networks there are, and how they are computed. */
export type ArchitectureConfig = ConfigOf<typeof architectureFields>;

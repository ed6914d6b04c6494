/** Kinds of pretrained weights that evaluation uses. */
export const WEIGHT_KINDS = ['inception-torchvision', 'inception-fid', 'alexnet', 'lpips-alex'] as const;

/** A kind of pretrained weights. */
export type WeightKind = (typeof WEIGHT_KINDS)[number];

/** A kind's description. */
export interface KindDescription {
  /** What it is and what it is for, in a few words. */
  readonly title: string;
  /** Where its authors publish it. */
  readonly url: string;
  /** First hexadecimal digits of the published file's SHA-256; undefined where the authors give none. */
  readonly sha256?: string;
  /**
   * The name under which a tensor is kept; undefined for one that is not needed.
   *
   * @param name as in the file
   */
  readonly keep: (name: string) => string | undefined;
  /** Number of tensors that are kept. */
  readonly count: number;
  /** Shapes of some of them that no other kind has, by the names under which they are kept. */
  readonly signature: Readonly<Record<string, readonly number[]>>;
}

const LPIPS_CHANNELS = [64, 192, 384, 256, 256];

/** The counters of batch normalisation, and the classifier that only training uses, are left out. */
const keepInception = (name: string): string | undefined => (/^AuxLogits\.|\.num_batches_tracked$/.test(name) ? undefined : name);

/** 94 convolutions with batch normalisation of five tensors, and a classifier of two. */
const INCEPTION_COUNT = 94 * 5 + 2;

const inceptionSignature = (classes: number): KindDescription['signature'] => ({
  'Conv2d_1a_3x3.conv.weight': [32, 3, 3, 3],
  'Mixed_6e.branch7x7dbl_5.conv.weight': [192, 192, 1, 7],
  'Mixed_7c.branch_pool.conv.weight': [192, 2048, 1, 1],
  'Mixed_7c.branch_pool.bn.running_var': [192],
  'fc.weight': [classes, 2048],
});

/** LPIPS's layers under the names of its authors, whether they come from them or from the reference implementation. */
const keepLpips = (name: string): string | undefined => {
  const layer = /^(?:lin(\d)\.model\.1|lpips_weights\.(\d)\.main\.1)\.weight$/.exec(name);
  return layer === null ? undefined : `lin${layer[1] ?? layer[2] ?? ''}.model.1.weight`;
};

/** All kinds, with what tells them apart. */
export const KINDS: Readonly<Record<WeightKind, KindDescription>> = {
  'inception-torchvision': {
    title: 'Inception v3 of torchvision, for FID as the StarGAN v2 paper reports it',
    url: 'https://download.pytorch.org/models/inception_v3_google-0cc3c7bd.pth',
    sha256: '0cc3c7bd',
    keep: keepInception,
    count: INCEPTION_COUNT,
    signature: inceptionSignature(1000),
  },
  'inception-fid': {
    title: 'Inception v3 of TensorFlow, for FID as other tools report it',
    url: 'https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/pt_inception-2015-12-05-6726825d.pth',
    sha256: '6726825d',
    keep: keepInception,
    count: INCEPTION_COUNT,
    signature: inceptionSignature(1008),
  },
  alexnet: {
    title: 'AlexNet of torchvision, whose features LPIPS compares',
    url: 'https://download.pytorch.org/models/alexnet-owt-7be5be79.pth',
    sha256: '7be5be79',
    // The classifier is most of the file, and LPIPS does not use it.
    keep: (name) => (name.startsWith('features.') ? name : undefined),
    count: 10,
    signature: {
      'features.0.weight': [64, 3, 11, 11],
      'features.3.weight': [192, 64, 5, 5],
      'features.6.weight': [384, 192, 3, 3],
      'features.8.weight': [256, 384, 3, 3],
      'features.10.weight': [256, 256, 3, 3],
    },
  },
  'lpips-alex': {
    title: 'LPIPS: the learned weights (v0.1) of the differences of AlexNet features',
    url: 'https://raw.githubusercontent.com/richzhang/PerceptualSimilarity/master/lpips/weights/v0.1/alex.pth',
    keep: keepLpips,
    count: LPIPS_CHANNELS.length,
    signature: Object.fromEntries(LPIPS_CHANNELS.map((channels, i) => [`lin${i}.model.1.weight`, [1, channels, 1, 1]])),
  },
};

/** Name and shape of a tensor in a file. */
export interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Why tensors are not those of a kind; undefined where they are. */
export function mismatch(kind: WeightKind, tensors: readonly NamedShape[]): string | undefined {
  const { keep, count, signature } = KINDS[kind];
  const kept = new Map(
    tensors.flatMap(({ name, shape }) => {
      const to = keep(name);
      return to === undefined ? [] : [[to, shape] as const];
    }),
  );
  for (const [name, expected] of Object.entries(signature)) {
    const shape = kept.get(name);
    if (shape === undefined) return `${name} is missing`;
    if (shape.join() !== expected.join()) return `${name} must be [${expected.join(', ')}], got [${shape.join(', ')}]`;
  }
  return kept.size === count ? undefined : `there must be ${count} tensors, got ${kept.size}`;
}

/** The kind of weights that tensors are, by their names and shapes; undefined where they are of no known kind. */
export function recognizeKind(tensors: readonly NamedShape[]): WeightKind | undefined {
  return WEIGHT_KINDS.find((kind) => mismatch(kind, tensors) === undefined);
}

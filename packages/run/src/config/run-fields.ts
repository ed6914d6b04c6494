import { count, type Fields, fraction, rate } from '@stargan/config';

/** What a training run reads besides the model and its training: images, log, grids and checkpoints. */
export const runFields = {
  cropProbability: { ...fraction, default: 0.5, description: 'Probability that an image is cropped at random instead of taken whole.' },
  onCorrupt: {
    kind: 'choice',
    values: ['replace', 'skip', 'refuse'],
    default: 'replace',
    description:
      'A broken image is named and replaced by another until too many are broken (`replace`), whatever their number (`skip`), or ends the run (`refuse`).',
  },
  corruptLimit: {
    ...fraction,
    default: 0.1,
    description: "Share of a domain's images that may be broken and replaced; one may be in any case.",
  },
  checkImages: {
    kind: 'choice',
    values: ['header', 'full', 'none'],
    default: 'header',
    description: 'How images are checked before the training begins: the beginning and end of each file, by decoding all, or not.',
  },
  onNonFinite: {
    kind: 'choice',
    values: ['stop', 'rollback'],
    default: 'stop',
    description:
      'A loss, gradient or weight that is not finite ends the run, or takes it back to the last checkpoint, from which it continues with other draws.',
  },
  maxRollbacks: { ...count, default: 3, description: 'How often a run may be taken back; after that it ends.' },
  fingerprint: {
    kind: 'choice',
    values: ['sizes', 'contents'],
    default: 'sizes',
    description:
      'How a resumed run recognises its images: by names and sizes, or also by the contents of all files, which are read for it.',
  },
  compile: {
    kind: 'choice',
    values: ['auto', 'off'],
    default: 'auto',
    description:
      'Whether updates are recorded in the first two iterations and replayed as one TensorFlow function each, where the runtime can and at least five iterations are to be done; the same bits either way.',
  },
  logEvery: { ...count, minimum: 1, default: 10, description: 'Iterations between lines of the log.' },
  tensorboard: {
    kind: 'flag',
    default: true,
    description:
      'Whether TensorBoard can follow the run: numbers, reduced grids and the configuration also go to `tensorboard/` of its folder.',
  },
  sampleEvery: { ...count, default: 1000, description: 'Iterations between sample grids, from iteration 0 on; 0 makes none but the last.' },
  sampleDomains: { ...count, default: 5, description: 'Domains that sample grids show at most, from the first on; 0 shows all.' },
  sampleSources: { ...count, minimum: 1, default: 4, description: 'Sources, and references, that sample grids show of each domain.' },
  saveEvery: { ...count, default: 1000, description: 'Iterations between checkpoints; 0 makes none but the last.' },
  saveMinutes: { ...rate, default: 15, description: 'Minutes between checkpoints, besides `saveEvery`; 0 saves by iterations alone.' },
  keepCheckpoints: { ...count, minimum: 1, default: 3, description: 'Checkpoints that are kept; older ones are deleted.' },
} as const satisfies Fields;

import { randomStream } from '@stargan/random';

/** Decides what is drawn without a seed of its own; `pnpm soak` sets others. */
export const seed = Number(process.env.STARGAN_PROPERTY_SEED ?? 20260101);

// What tensorflow.js draws without a seed of its own, `randomNormal` say, it seeds from here.
const random = randomStream(seed, 'tests');
Math.random = () => random.uniform();

/** Slope of every leaky ReLU of StarGAN v2. */
export const LEAKY_SLOPE = 0.2;

/** Values of a configuration whose model trains in milliseconds. */
export const SMALL_MODEL = {
  imageSize: 16,
  widthBudget: 64,
  maxWidth: 8,
  styleDim: 4,
  latentDim: 4,
  hiddenDim: 8,
  batch: 2,
  iterations: 20,
} as const;

export { conv2d, conv2dTranspose, highPass } from './convolution.js';
export { addBias, affine, leakyRelu, residualSum, selectRows, sigmoid, softplus, tanh } from './elementwise.js';
export { adaptiveInstanceNormalization, instanceNormalization } from './normalization.js';
export { averagePool2x2, conv2dThenAveragePool, interpolateBilinear, upsampleNearest2x, upsampleThenConv2d } from './resampling.js';

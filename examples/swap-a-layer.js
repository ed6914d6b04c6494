// One layer of the generator computed in another way, checked against the one that is there, and measured beside it.
// node swap-a-layer.js [image size] [runs]
import * as tf from '@tensorflow/tfjs-core';
import { selectRuntime } from '@stargan/backend';
import { generator } from '@stargan/generator';
import { convolutionVariants } from '@stargan/layers';

await selectRuntime({ quiet: true });
const imageSize = Number(process.argv[2] ?? 64);
const runs = Number(process.argv[3] ?? 7);

/** 3×3 `same` convolution as nine matrix products, one per tap, instead of one convolution. */
function convolveByTaps(x, filter) {
  return tf.tidy(() => {
    const [batch, height, width, channels] = x.shape;
    const outChannels = filter.shape[3];
    const padded = tf.pad(x, [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]);
    const taps = [0, 1, 2].flatMap((row) => [0, 1, 2].map((column) => [row, column]));
    const products = taps.map(([row, column]) => {
      const seen = tf.reshape(tf.slice(padded, [0, row, column, 0], [batch, height, width, channels]), [-1, channels]);
      return tf.matMul(seen, tf.reshape(tf.slice(filter, [row, column, 0, 0], [1, 1, channels, outChannels]), [channels, outChannels]));
    });
    return tf.reshape(tf.addN(products), [batch, height, width, outChannels]);
  });
}

// What resamples stays as it is; only the plain convolutions of the blocks are exchanged.
const variants = { fused: 'fused', taps: { ...convolutionVariants.fused, convolve: convolveByTaps } };

const sizes = { imageSize, widthBudget: 16 * imageSize, maxWidth: 64 };
const networks = Object.fromEntries(Object.entries(variants).map(([name, variant]) => [name, generator({ ...sizes, variant })]));
const parameters = networks.fused.init(777); // the same parameters: a variant is another way to compute, not another network
const image = tf.randomUniform([2, imageSize, imageSize, 3], -1, 1, 'float32', 1);
const style = tf.randomNormal([2, 64], 0, 1, 'float32', 2);
const translate = (variant) => networks[variant].apply(parameters, image, style);

const difference = tf.tidy(() => tf.max(tf.abs(tf.sub(translate('fused'), translate('taps')))).dataSync()[0]);
console.log(`largest difference of a value: ${difference.toExponential(1)}`);
if (!(difference < 1e-3)) throw new Error('swap-a-layer: taps must compute what fused does');

// In turn, so that what else the machine does hits both; the best run, which it hits least.
const best = { fused: Infinity, taps: Infinity };
for (let run = 0; run < runs; run++) {
  for (const variant of Object.keys(best)) {
    const began = performance.now();
    const output = translate(variant);
    output.dataSync(); // what has not been read may not have been computed
    best[variant] = Math.min(best[variant], performance.now() - began);
    output.dispose();
  }
}
for (const [variant, milliseconds] of Object.entries(best)) console.log(`${variant.padEnd(5)}  ${milliseconds.toFixed(1)} ms`);
console.log(`taps takes ${(best.taps / best.fused).toFixed(2)} times as long as fused`);
tf.dispose([parameters, image, style]);

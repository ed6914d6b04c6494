// Computes one layer of the generator in another way, checks it against the original, and measures both in turn.
// node swap-a-layer.js [image size] [runs]
import * as tf from '@tensorflow/tfjs-core';
import { selectRuntime } from '@stargan/backend';
import { generator } from '@stargan/generator';
import { convolutionMethods } from '@stargan/layers';

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

// Only the plain convolutions of the blocks are exchanged; resampling stays as it is.
const methods = { fused: 'fused', taps: { ...convolutionMethods.fused, convolve: convolveByTaps } };

const sizes = { imageSize, widthBudget: 16 * imageSize, maxWidth: 64 };
const networks = Object.fromEntries(Object.entries(methods).map(([name, convolution]) => [name, generator({ ...sizes, convolution })]));
const parameters = networks.fused.init(777); // the same parameters: another way to compute is not another network
const image = tf.randomUniform([2, imageSize, imageSize, 3], -1, 1, 'float32', 1);
const style = tf.randomNormal([2, 64], 0, 1, 'float32', 2);
const translate = (name) => networks[name].apply(parameters, image, style);

const difference = tf.tidy(() => tf.max(tf.abs(tf.sub(translate('fused'), translate('taps')))).dataSync()[0]);
console.log(`largest difference of a value: ${difference.toExponential(1)}`);
if (!(difference < 1e-3)) throw new Error('swap-a-layer: taps must compute what fused does');

// In turn, so that other work on the machine disturbs both; the best run is the least disturbed.
const best = { fused: Infinity, taps: Infinity };
for (let run = 0; run < runs; run++) {
  for (const name of Object.keys(best)) {
    const began = performance.now();
    const output = translate(name);
    output.dataSync(); // waits until the output has been computed
    best[name] = Math.min(best[name], performance.now() - began);
    output.dispose();
  }
}
for (const [name, milliseconds] of Object.entries(best)) console.log(`${name.padEnd(5)}  ${milliseconds.toFixed(1)} ms`);
console.log(`taps takes ${(best.taps / best.fused).toFixed(2)} times as long as fused`);
tf.dispose([parameters, image, style]);

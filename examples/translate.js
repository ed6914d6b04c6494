// Translates an image with a trained run: the demo's, which `npm start` makes, unless another one is named.
// node translate.js [folder of the run] [image] [domain] [seed of the style] [PNG to write]
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { selectRuntime } from '@stargan/backend';
import { loadImages } from '@stargan/data';
import { loadModel, tileImages } from '@stargan/training';

const demo = (path) => fileURLToPath(new URL(`../demo/${path}`, import.meta.url));
const [run = demo('run'), file = demo('images/val/circle/00001.png'), to = 'triangle', seed = '1', out = 'translated.png'] =
  process.argv.slice(2);
await selectRuntime({ quiet: true });

const model = await loadModel(run);
const { imageSize } = model;
const image = tf.tensor4d(await loadImages([file], imageSize), [1, imageSize, imageSize, 3]);
const translated = model.translate(image, { to, seed: Number(seed) });
const { data, width, height } = tileImages(await translated.data(), imageSize, imageSize, 1);

await sharp(data, { raw: { width, height, channels: 3 } }).toFile(out);
console.log(`${out}: ${file} as ${to}, by iteration ${model.checkpoint.iteration} of ${run}`);
model.dispose();
tf.dispose([image, translated]);
console.log(`tensors left: ${tf.memory().numTensors}`);

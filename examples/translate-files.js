// Translates picture files, of any size, in two styles each, with a trained run: the demo's, which `npm start` makes, unless another
// one is named.
// node translate-files.js [folder of the run] [picture or folder] [domain] [folder of the results]
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { selectRuntime } from '@stargan/backend';
import { loadModel } from '@stargan/training';
import { translateFiles } from '@stargan/translation';

const demo = (path) => fileURLToPath(new URL(`../demo/${path}`, import.meta.url));
const [run = demo('run'), pictures = demo('images/val/circle'), to = 'triangle', out = 'translated'] = process.argv.slice(2);
await selectRuntime({ quiet: true });

const model = await loadModel(run);
const { files, passedOver } = await translateFiles(model, [pictures], { to, count: 2, size: 'source', out });
for (const { source, file } of files) console.log(`${file}: ${source}`);
for (const { message } of passedOver) console.log(`passed over ${message}`);
model.dispose();

console.log(`tensors left: ${tf.memory().numTensors}`);

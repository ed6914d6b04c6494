// A model of tf.layers with AdaIN inside: it paints a grey picture in the colour and with the contrast that a style vector
// asks for, is trained by fit, saved, and loaded again. node tf-layers-adain.js [epochs]
import './newer-node.mjs';
import * as tf from '@tensorflow/tfjs-node';
import { adain, registerTfLayers, styledResidualBlock } from '@stargan/layers/tf-layers';

const SIZE = 16;
const STYLE = 4; // red, green, blue, contrast
const epochs = Number(process.argv[2] ?? 15);

/** Grey blobs [count, 16, 16, 1], styles [count, 4], and the pictures in that style [count, 16, 16, 3]. */
function draw(count, seed) {
  return tf.tidy(() => {
    const coarse = tf.randomNormal([count, 4, 4, 1], 0, 1, 'float32', seed);
    const picture = tf.image.resizeBilinear(coarse, [SIZE, SIZE]);
    const style = tf.randomUniform([count, STYLE], -1, 1, 'float32', seed + 1);
    const { mean, variance } = tf.moments(picture, [1, 2], true);
    const shape = tf.div(tf.sub(picture, mean), tf.sqrt(tf.add(variance, 1e-5)));
    const colour = tf.reshape(tf.slice(style, [0, 0], [count, 3]), [count, 1, 1, 3]);
    const contrast = tf.reshape(tf.slice(style, [0, 3], [count, 1]), [count, 1, 1, 1]);
    return { picture, style, painted: tf.add(colour, tf.mul(contrast, shape)) };
  });
}

const seeded = (seed) => ({ kernelInitializer: tf.initializers.heNormal({ seed }) });
const picture = tf.input({ shape: [SIZE, SIZE, 1] });
const style = tf.input({ shape: [STYLE] });
let features = tf.layers.conv2d({ filters: 8, kernelSize: 3, padding: 'same', ...seeded(1) }).apply(picture);
features = styledResidualBlock({ name: 'block', outChannels: 8 }).apply([features, style]);
features = adain({ name: 'styled', slope: 0.2 }).apply([features, style]);
const painted = tf.layers.conv2d({ filters: 3, kernelSize: 1, ...seeded(2) }).apply(features);
const model = tf.model({ inputs: [picture, style], outputs: painted });
model.compile({ loss: 'meanSquaredError', optimizer: tf.train.adam(0.01) });

const [training, held] = [draw(512, 777), draw(64, 778_000)];
/** Mean squared error on pictures and styles that the model has not seen. */
const heldOutLoss = (each) =>
  tf.tidy(() => tf.losses.meanSquaredError(held.painted, each.predict([held.picture, held.style])).dataSync()[0]);

const before = heldOutLoss(model);
// The order of the pictures stays the same, so that every run gives the same model.
await model.fit([training.picture, training.style], training.painted, { epochs, batchSize: 32, shuffle: false, verbose: 0 });
const after = heldOutLoss(model);
// The error of the best model that ignores the style: it paints everything in the mean of all styles, 0.
const grey = tf.tidy(() => tf.mean(tf.square(held.painted)).dataSync()[0]);
console.log(`held-out loss: ${before.toFixed(3)} before, ${after.toFixed(4)} after ${epochs} epochs; ${grey.toFixed(3)} without a style`);

const [asked, given] = tf.tidy(() =>
  [held.painted, model.predict([held.picture, held.style])].map((images) => tf.mean(images, [1, 2]).arraySync()[0]),
);
const words = (colour) => colour.map((value) => value.toFixed(2)).join(' ');
console.log(`mean colour of the first picture: ${words(asked)} asked for, ${words(given)} painted`);

// A name such as file:///tmp/painter in place of the two handlers keeps the model on disk.
registerTfLayers();
let kept;
await model.save(
  tf.io.withSaveHandler(async (artifacts) => {
    kept = artifacts;
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  }),
);
const loaded = await tf.loadLayersModel(tf.io.fromMemory(kept));
const difference = tf.tidy(() => {
  const [saved, again] = [model, loaded].map((each) => each.predict([held.picture, held.style]));
  return tf.max(tf.abs(tf.sub(saved, again))).dataSync()[0];
});
console.log(`largest difference of the loaded model: ${difference}`);
tf.dispose([training, held]);

// An auxiliary classifier GAN (Odena et al., arXiv 1610.09585) with models of tf.layers, like the one for digits in tfjs-examples,
// and the hinge loss, R1 and classification loss of @stargan/losses. A picture has a bright quarter; its label says which.
// Labels are int32 tensors from the data to the loss, and nothing is read back before a line is printed.
// node acgan.js [steps]
import './newer-node.mjs';
import * as tf from '@tensorflow/tfjs-node';
import {
  classificationLoss,
  discriminatorObjective,
  fakeHingeLoss,
  generatorHingeLoss,
  lazyPenalty,
  r1Penalty,
  realHingeLoss,
} from '@stargan/losses';

const SIZE = 8;
const CLASSES = 4;
const LATENT = 8;
const BATCH = 32;
const steps = Number(process.argv[2] ?? 200);
/** A different seed for everything that is drawn, the same in every run. */
let seeds = 777;
const nextSeed = () => seeds++;

const seeded = () => ({ kernelInitializer: tf.initializers.heNormal({ seed: nextSeed() }) });
const drawLabels = (count) => tf.randomUniform([count, 1], 0, CLASSES, 'int32', nextSeed());

/** One bright quarter per picture, of varying brightness, and noise. labels [count, 1] → [count, 8, 8, 1] in [-1, 1] */
function drawPictures(labels) {
  return tf.tidy(() => {
    const [count] = labels.shape;
    const quarters = tf.reshape(tf.oneHot(tf.reshape(labels, [count]), CLASSES), [count, 2, 2, 1]);
    const places = tf.image.resizeNearestNeighbor(tf.cast(quarters, 'float32'), [SIZE, SIZE]);
    const brightness = tf.randomUniform([count, 1, 1, 1], 1.2, 1.8, 'float32', nextSeed());
    return tf.sub(tf.add(tf.mul(places, brightness), tf.randomNormal(places.shape, 0, 0.05, 'float32', nextSeed())), 0.9);
  });
}

function makeGenerator() {
  const latent = tf.input({ shape: [LATENT] });
  const label = tf.input({ shape: [1], dtype: 'int32' });
  const embeddingsInitializer = tf.initializers.randomNormal({ stddev: 1, seed: nextSeed() });
  const code = tf.layers.flatten().apply(tf.layers.embedding({ inputDim: CLASSES, outputDim: LATENT, embeddingsInitializer }).apply(label));
  let h = tf.layers.concatenate().apply([latent, code]);
  h = tf.layers.dense({ units: 4 * 4 * 16, activation: 'relu', ...seeded() }).apply(h);
  h = tf.layers.reshape({ targetShape: [4, 4, 16] }).apply(h);
  h = tf.layers.conv2dTranspose({ filters: 1, kernelSize: 4, strides: 2, padding: 'same', activation: 'tanh', ...seeded() }).apply(h);
  return tf.model({ inputs: [latent, label], outputs: h });
}

/** Two outputs: the logit of "real", and the logits of the classes. */
function makeCritic() {
  const picture = tf.input({ shape: [SIZE, SIZE, 1] });
  // ReLU and strided convolutions, which R1 can differentiate twice.
  let h = tf.layers.conv2d({ filters: 16, kernelSize: 4, strides: 2, padding: 'same', activation: 'relu', ...seeded() }).apply(picture);
  h = tf.layers.flatten().apply(h);
  return tf.model({ inputs: picture, outputs: [1, CLASSES].map((units) => tf.layers.dense({ units, ...seeded() }).apply(h)) });
}

const [generator, critic] = [makeGenerator(), makeCritic()];
const weightsOf = (model) => model.trainableWeights.map((weight) => weight.read());
const [generatorOptimizer, criticOptimizer] = [tf.train.adam(5e-3, 0.5), tf.train.adam(5e-3, 0.5)];
const generate = (labels) => generator.apply([tf.randomNormal([labels.shape[0], LATENT], 0, 1, 'float32', nextSeed()), labels]);

/** One step of both players; returns their losses as tensors. */
function train(iteration) {
  return tf.tidy(() => {
    const labels = drawLabels(BATCH);
    const [real, fake] = [drawPictures(labels), generate(labels)];
    const discriminatorLoss = criticOptimizer.minimize(
      () => {
        const [realLogits, realClasses] = critic.apply(real);
        const [fakeLogits] = critic.apply(fake);
        const game = discriminatorObjective({
          real: realHingeLoss(realLogits),
          fake: fakeHingeLoss(fakeLogits),
          r1: lazyPenalty(() => r1Penalty((x) => critic.apply(x)[0], real), { iteration, interval: 4 }),
        });
        return tf.add(game, classificationLoss(realClasses, labels));
      },
      true,
      weightsOf(critic),
    );
    const wanted = drawLabels(BATCH);
    const generatorLoss = generatorOptimizer.minimize(
      () => {
        const [logits, classes] = critic.apply(generate(wanted));
        return tf.add(generatorHingeLoss(logits), classificationLoss(classes, wanted));
      },
      true,
      weightsOf(generator),
    );
    return { discriminatorLoss, generatorLoss };
  });
}

let tensors;
for (let iteration = 0; iteration < steps; iteration++) {
  const { discriminatorLoss, generatorLoss } = train(iteration);
  if ((iteration + 1) % 50 === 0)
    console.log(
      `step ${iteration + 1}: D ${(await discriminatorLoss.data())[0].toFixed(2)}, G ${(await generatorLoss.data())[0].toFixed(2)}`,
    );
  tf.dispose([discriminatorLoss, generatorLoss]);
  // Counted from the second step on: the first one makes the optimizers' moments.
  if (iteration === 0) tensors = tf.memory().numTensors;
}
console.log(`tensors left by ${steps - 1} steps: ${tf.memory().numTensors - tensors}`);

/** Share of pictures whose brightest quarter is the one asked for. */
const share = tf.tidy(() => {
  const labels = drawLabels(200);
  const quarters = tf.reshape(tf.avgPool(generate(labels), SIZE / 2, SIZE / 2, 'valid'), [200, CLASSES]);
  return tf.mean(tf.cast(tf.equal(tf.argMax(quarters, 1), tf.reshape(labels, [200])), 'float32'));
});
console.log(`generated as asked for: ${(100 * (await share.data())[0]).toFixed(0)} %`);

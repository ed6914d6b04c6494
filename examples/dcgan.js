// A DCGAN (Radford et al., arXiv 1511.06434) with models of tfjs and the losses of @stargan/losses: non-saturating
// logistic with R1 on real pictures. It learns 16×16 pictures of bright discs. node dcgan.js [steps] [plain]
import './newer-node.mjs';
import * as tf from '@tensorflow/tfjs-node';
import '@stargan/ops/second-order'; // tfjs's own leaky ReLU has no second derivative, which R1 needs
import { capture } from '@stargan/backend'; // optional: an update in one launch, and plainly where that is not possible
import {
  discriminatorObjective,
  fakeLogisticLoss,
  nonSaturatingLogisticLoss,
  outputsAndInputGradient,
  r1PenaltyOfGradient,
  realLogisticLoss,
} from '@stargan/losses';

const SIZE = 16;
const LATENT = 16;
const BATCH = 32;
const steps = Number(process.argv[2] ?? 300);
/** How updates run: as they are, or captured. */
const compile = process.argv[3] === 'plain' ? (f) => f : capture;
/** A different seed for everything that is drawn, the same in every run. */
let seeds = 777;
const nextSeed = () => seeds++;

/** Discs of one size at random places, bright on dark. [count, 16, 16, 1] in [-1, 1] */
function drawDiscs(count) {
  const pictures = new Float32Array(count * SIZE * SIZE);
  const centres = tf.tidy(() => tf.randomUniform([count, 2], 5, 11, 'float32', nextSeed()).arraySync());
  for (const [i, [x, y]] of centres.entries()) {
    for (let p = 0; p < SIZE * SIZE; p++) {
      const distance = Math.hypot((p % SIZE) - x, Math.floor(p / SIZE) - y);
      pictures[i * SIZE * SIZE + p] = Math.tanh(4 - distance);
    }
  }
  return tf.tensor4d(pictures, [count, SIZE, SIZE, 1]);
}

const seeded = () => ({ kernelInitializer: tf.initializers.glorotNormal({ seed: nextSeed() }) });

const generator = tf.sequential({
  layers: [
    tf.layers.dense({ inputShape: [LATENT], units: 4 * 4 * 32, activation: 'relu', ...seeded() }),
    tf.layers.reshape({ targetShape: [4, 4, 32] }),
    tf.layers.conv2dTranspose({ filters: 16, kernelSize: 4, strides: 2, padding: 'same', activation: 'relu', ...seeded() }), // 8×8
    tf.layers.conv2dTranspose({ filters: 1, kernelSize: 4, strides: 2, padding: 'same', activation: 'tanh', ...seeded() }), // 16×16
  ],
});

const discriminator = tf.sequential({
  layers: [
    tf.layers.conv2d({ inputShape: [SIZE, SIZE, 1], filters: 16, kernelSize: 4, strides: 2, padding: 'same', ...seeded() }),
    tf.layers.leakyReLU({ alpha: 0.2 }),
    tf.layers.conv2d({ filters: 32, kernelSize: 4, strides: 2, padding: 'same', ...seeded() }),
    tf.layers.leakyReLU({ alpha: 0.2 }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 1, ...seeded() }), // a logit: the losses take these, not probabilities
  ],
});

const weightsOf = (model) => model.trainableWeights.map((weight) => weight.read());
// Adam with the settings of the paper.
const [generatorOptimizer, discriminatorOptimizer] = [tf.train.adam(2e-3, 0.5), tf.train.adam(2e-3, 0.5)];
const drawLatents = (count) => tf.randomNormal([count, LATENT], 0, 1, 'float32', nextSeed());

/** An update of the discriminator; gives the loss. What is drawn comes from outside: a recorded update has none of its own. */
const updateDiscriminator = compile((real, latents) => {
  const fake = generator.apply(latents);
  const loss = () => {
    const { outputs, gradient } = outputsAndInputGradient((picture) => discriminator.apply(picture), real);
    return discriminatorObjective({
      real: realLogisticLoss(outputs),
      fake: fakeLogisticLoss(discriminator.apply(fake)),
      r1: r1PenaltyOfGradient(gradient),
    });
  };
  return discriminatorOptimizer.minimize(loss, true, weightsOf(discriminator));
});

/** An update of the generator; gives the loss. */
const updateGenerator = compile((latents) => {
  const loss = () => nonSaturatingLogisticLoss(discriminator.apply(generator.apply(latents)));
  return generatorOptimizer.minimize(loss, true, weightsOf(generator));
});

let best = Infinity;
for (let step = 1; step <= steps; step++) {
  const [dLoss, gLoss] = tf.tidy(() => {
    const [real, latents, latents2] = [drawDiscs(BATCH), drawLatents(BATCH), drawLatents(BATCH)];
    const began = performance.now();
    const losses = [updateDiscriminator(real, latents), updateGenerator(latents2)].map((loss) => loss.dataSync()[0]);
    best = Math.min(best, performance.now() - began);
    return losses;
  });
  if (step % 50 === 0) console.log(`step ${step}: D ${dLoss.toFixed(2)}, G ${gLoss.toFixed(2)}`);
}
console.error(`best step: ${best.toFixed(1)} ms`);

/** Share of bright pixels, a number that real and generated pictures should have in common. */
const brightness = (pictures) => tf.tidy(() => tf.mean(tf.step(pictures)).dataSync()[0]);

tf.tidy(() => {
  const pictures = generator.apply(drawLatents(64));
  console.log(
    `bright pixels: ${brightness(drawDiscs(64)).toFixed(3)} of real pictures, ${brightness(pictures).toFixed(3)} of generated ones`,
  );
  const [first] = pictures.arraySync();
  console.log(first.map((row) => row.map(([value]) => (value > 0 ? '##' : value > -0.7 ? '++' : '  ')).join('')).join('\n'));
});

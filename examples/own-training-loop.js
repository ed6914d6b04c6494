// Your own training loop with the networks of StarGAN v2: the hinge loss, styles that are only encoded from images,
// no mapping network. node own-training-loop.js [iterations] [folder of images]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { selectRuntime } from '@stargan/backend';
import { createTrainingStream, openDataset, writeDemoImages } from '@stargan/data';
import { projectionDiscriminator } from '@stargan/discriminator';
import { generator } from '@stargan/generator';
import {
  cycleConsistencyLoss,
  fakeHingeLoss,
  generatorHingeLoss,
  outputsAndInputGradient,
  r1PenaltyOfGradient,
  realHingeLoss,
  styleReconstructionLoss,
} from '@stargan/losses';
import { valueAndGradients } from '@stargan/ops';
import { adam } from '@stargan/optimizers';
import { styleEncoder } from '@stargan/style-encoder';

await selectRuntime({ quiet: true });
const iterations = Number(process.argv[2] ?? 30);
const own = process.argv[3] === undefined;
const folder = process.argv[3] ?? (await mkdtemp(join(tmpdir(), 'stargan-example-')));
if (own) await writeDemoImages(folder, { imagesPerDomain: 20, validationPerDomain: 0, imageSize: 32 });
const { train } = await openDataset(folder);

const imageSize = 32;
const domains = train.domains.length;
const sizes = { imageSize, widthBudget: 256, maxWidth: 32 };
const G = generator({ ...sizes, styleDim: 8 });
const E = styleEncoder({ ...sizes, domains, styleDim: 8 });
const D = projectionDiscriminator({ ...sizes, domains });

/** A network's weights with their optimiser: `step` replaces both and frees the old ones. */
function trainable(network, seed) {
  const optimizer = adam({ learningRate: 1e-3 });
  let weights = network.init(seed);
  let state = optimizer.init(weights);
  return {
    get weights() {
      return weights;
    },
    step(gradients) {
      const next = optimizer.update(weights, gradients, state);
      tf.dispose([weights, gradients, state.first, state.second]);
      ({ parameters: weights, state } = next);
    },
    dispose: () => tf.dispose([weights, state.first, state.second]),
  };
}

const before = tf.memory().numTensors;
const [g, e, d] = [G, E, D].map((network, i) => trainable(network, i));
const stream = createTrainingStream(train, { imageSize, batch: 4, seed: 777, cropProbability: 0.5, onCorrupt: 'refuse' });

for (let iteration = 1; iteration <= iterations; iteration++) {
  const { source, reference } = await stream.next();
  const [image, target] = [source, reference].map(({ images }) => tf.tensor4d(images, [4, imageSize, imageSize, 3]));
  const fake = tf.tidy(() => G.apply(g.weights, image, E.apply(e.weights, target, reference.domains)));

  const dStep = valueAndGradients((p) => {
    const { outputs, gradient } = outputsAndInputGradient((x) => D.apply(p, x, source.domains), image);
    return tf.addN([realHingeLoss(outputs), fakeHingeLoss(D.apply(p, fake, reference.domains)), r1PenaltyOfGradient(gradient)]);
  }, d.weights);
  d.step(dStep.gradients);

  // Two networks in one gradient computation: their parameters must not share names.
  const joined = Object.fromEntries([
    ...Object.entries(g.weights).map(([k, v]) => [`g/${k}`, v]),
    ...Object.entries(e.weights).map(([k, v]) => [`e/${k}`, v]),
  ]);
  const part = (record, prefix) =>
    Object.fromEntries(
      Object.entries(record)
        .filter(([k]) => k.startsWith(prefix))
        .map(([k, v]) => [k.slice(prefix.length), v]),
    );
  const gStep = valueAndGradients((p) => {
    const [ofG, ofE] = [part(p, 'g/'), part(p, 'e/')];
    const style = E.apply(ofE, target, reference.domains);
    const translated = G.apply(ofG, image, style);
    const back = G.apply(ofG, translated, E.apply(ofE, image, source.domains));
    return tf.addN([
      generatorHingeLoss(D.apply(d.weights, translated, reference.domains)),
      styleReconstructionLoss(style, E.apply(ofE, translated, reference.domains)),
      tf.mul(cycleConsistencyLoss(image, back), 5),
    ]);
  }, joined);
  g.step(part(gStep.gradients, 'g/'));
  e.step(part(gStep.gradients, 'e/'));

  if (iteration % 10 === 0)
    console.log(`iteration ${iteration}: D ${dStep.value.dataSync()[0].toFixed(2)}, G ${gStep.value.dataSync()[0].toFixed(2)}`);
  tf.dispose([image, target, fake, dStep.value, gStep.value]);
}
await stream.close();
[g, e, d].forEach((network) => network.dispose());
console.log(`tensors left: ${tf.memory().numTensors - before}`);
if (own) await rm(folder, { recursive: true });

// A training step of a tf.layers model, as it is and captured: the same losses, in one launch a step.
import './newer-node.mjs';
const tf = await import('@tensorflow/tfjs-node');
const { capture, selectRuntime } = await import('@stargan/backend');

await selectRuntime({ quiet: true, threads: 1 });
const STEPS = Number(process.argv[2] ?? 40);

/** Some convolutions and dense layers on 16×16 pictures: small operations, so that launching them counts. */
function makeModel() {
  const model = tf.sequential();
  for (const [i, filters] of [8, 16, 32].entries()) {
    const first = i === 0 ? { inputShape: [16, 16, 1] } : {};
    model.add(tf.layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu', ...first }));
    model.add(tf.layers.averagePooling2d({ poolSize: 2 }));
  }
  model.add(tf.layers.flatten());
  for (const units of [64, 64]) model.add(tf.layers.dense({ units, activation: 'tanh' }));
  model.add(tf.layers.dense({ units: 4 }));
  return model;
}

const initialWeights = makeModel().getWeights();

/** Trains and gives the losses and the best milliseconds of a step. */
function train(wrap) {
  const model = makeModel();
  model.setWeights(initialWeights);
  const optimizer = tf.train.adam(1e-3);
  const step = wrap((x, labels) =>
    optimizer.minimize(() => tf.losses.softmaxCrossEntropy(labels, model.apply(x, { training: true })), true),
  );
  const losses = [];
  let best = Infinity;
  for (let i = 0; i < STEPS; i++) {
    const x = tf.randomNormal([8, 16, 16, 1], 0, 1, 'float32', i + 1);
    const labels = tf
      .oneHot(
        tf.tensor1d(
          Array.from({ length: 8 }, (_, k) => (k + i) % 4),
          'int32',
        ),
        4,
      )
      .toFloat();
    const start = performance.now();
    const loss = step(x, labels);
    losses.push(loss.dataSync()[0]);
    best = Math.min(best, performance.now() - start);
    tf.dispose([x, labels, loss]);
  }
  return { losses, best };
}

const plain = train((step) => step);
const captured = train((step) => capture(step));
const same = plain.losses.every((loss, i) => Object.is(loss, captured.losses[i]));
console.log(`losses of ${STEPS} steps: ${same ? 'equal bit for bit' : 'different'}`);
console.error(
  `best step: ${plain.best.toFixed(2)} ms as it is, ${captured.best.toFixed(2)} ms captured, ${(plain.best / captured.best).toFixed(1)} times as fast`,
);

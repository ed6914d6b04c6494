// What each fused kernel has to compute, composed of ordinary operations: at sizes that fill neither blocks nor tiles,
// and once at a size that is worth threads.

const SMALL = { batch: 2, height: 6, width: 10, channels: [32, 64], odd: [7, 9] };
const LARGE = { batch: 2, height: 30, width: 30, channels: [96, 96], odd: [30, 30] };

/**
 * The results that are right, by kernel.
 *
 * @param tf a tensorflow.js with gradients
 * @param convolutionSizes sizes of the convolutions, which cost most
 * @returns {Map<string, () => { inputs, attributes, expected, tolerance }[]>} tensors: what goes in, what has to come out
 */
export function kernelReferences(tf, convolutionSizes = [SMALL, LARGE]) {
  let seed = 1;
  const random = (...shape) => tf.randomNormal(shape, 0, 1, 'float32', seed++);
  const leaky = (x, slope) => tf.sub(tf.relu(x), tf.mul(tf.relu(tf.neg(x)), slope));
  const upsample = (x) => tf.image.resizeNearestNeighbor(x, [2 * x.shape[1], 2 * x.shape[2]]);
  const references = new Map();
  const define = (name, cases) => references.set(`Stargan${name}`, cases);

  const normalization = { epsilon: 1e-5, slope: 0.2, offset: 1 };
  const normalize = (x, scale, shift) => {
    const { mean, variance } = tf.moments(x, [1, 2], true);
    const perPixel = (values) => tf.reshape(values, [-1, 1, 1, x.shape[3]]);
    const standard = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, normalization.epsilon)));
    return leaky(tf.add(tf.mul(standard, tf.add(perPixel(scale), normalization.offset)), perPixel(shift)), normalization.slope);
  };
  // One scale for all images, and one for each.
  const normalized = () => [[67], [2, 67]].map((shape) => [random(2, 5, 7, 67), random(...shape), random(...shape)]);
  define('InstanceNormalization', () =>
    normalized().map((inputs) => ({ inputs, attributes: normalization, expected: [normalize(...inputs)], tolerance: 1e-4 })),
  );
  ['Input', 'Scale', 'Shift'].forEach((of, which) =>
    define(`InstanceNormalization${of}Gradient`, () =>
      normalized().map((inputs) => {
        const dy = random(...inputs[0].shape);
        return { inputs: [dy, ...inputs], attributes: normalization, expected: [tf.grads(normalize)(inputs, dy)[which]], tolerance: 1e-4 };
      }),
    ),
  );

  const slope = 0.2;
  const rectify = (x, bias) => leaky(tf.add(x, bias), slope);
  const biased = () =>
    [
      [2, 5, 7, 67],
      [3, 13],
    ].map((shape) => [random(...shape), random(shape.at(-1))]);
  define('AddBiasLeakyRelu', () =>
    biased().map((inputs) => ({ inputs, attributes: { slope }, expected: [rectify(...inputs)], tolerance: 1e-5 })),
  );
  ['Input', 'Bias'].forEach((of, which) =>
    define(`AddBiasLeakyRelu${of}Gradient`, () =>
      biased().map((inputs) => {
        const dy = random(...inputs[0].shape);
        return { inputs: [dy, ...inputs], attributes: { slope }, expected: [tf.grads(rectify)(inputs, dy)[which]], tolerance: 1e-5 };
      }),
    ),
  );

  define('ResidualSum', () => {
    const inputs = [random(3, 5, 7, 11), random(3, 5, 7, 11)];
    return [{ inputs, attributes: { scale: 0.5 }, expected: [tf.mul(tf.add(...inputs), 0.5)], tolerance: 1e-6 }];
  });
  define('SumPool2x2', () => {
    const x = random(2, 6, 10, 5);
    return [{ inputs: [x], attributes: { factor: 0.75 }, expected: [tf.mul(tf.avgPool(x, 2, 2, 'valid'), 3)], tolerance: 1e-5 }];
  });
  define('UpsampleNearest2x', () => {
    const x = random(2, 3, 5, 7);
    return [{ inputs: [x], attributes: { factor: 0.75 }, expected: [tf.mul(upsample(x), 0.75)], tolerance: 1e-6 }];
  });

  const convolve = (resampling) => (x, filter) => {
    if (resampling === 0) return tf.conv2d(x, filter, 1, 'same');
    return resampling < 0 ? tf.avgPool(tf.conv2d(x, filter, 1, 'same'), 2, 2, 'valid') : tf.conv2d(upsample(x), filter, 1, 'same');
  };
  const convolutions = () =>
    convolutionSizes.flatMap(({ batch, height, width, channels: [from, to], odd }) =>
      [-1, 0, 1].map((resampling) => ({
        resampling,
        x: random(batch, ...(resampling < 0 ? [height, width] : odd), from),
        filter: tf.mul(random(3, 3, from, to), 1 / Math.sqrt(9 * from)),
      })),
    );
  define('WinogradConvolution', () =>
    convolutions().map(({ resampling, x, filter }) => ({
      inputs: [x, filter],
      attributes: { resampling },
      expected: [convolve(resampling)(x, filter)],
      tolerance: 1e-4,
    })),
  );
  ['Input', 'Filter'].forEach((of, which) =>
    define(`WinogradConvolution${of}Gradient`, () =>
      convolutions().map(({ resampling, x, filter }) => {
        const f = convolve(resampling);
        const dy = random(...tf.tidy(() => f(x, filter).shape));
        const inputs = which === 0 ? [dy, filter] : [x, dy];
        return { inputs, attributes: { resampling }, expected: [tf.grads(f)([x, filter], dy)[which]], tolerance: 1e-4 };
      }),
    ),
  );

  define('Adam', () => {
    const [weightDecay, beta1, beta2, correction, epsilon, stepSize] = [1e-2, 0.5, 0.99, 0.8, 1e-8, 1e-2];
    const constants = tf.tensor1d([weightDecay, beta1, 1 - beta1, beta2, 1 - beta2, correction, epsilon, stepSize]);
    const shapes = [[3, 5], [7]];
    const [first, second] = [random(22), tf.abs(random(22))];
    const [parameters, gradients] = [shapes.map((shape) => random(...shape)), shapes.map((shape) => random(...shape))];
    const flat = (tensors) => tf.concat(tensors.map((tensor) => tf.reshape(tensor, [-1])));
    const g = tf.add(flat(gradients), tf.mul(flat(parameters), weightDecay));
    const mean = tf.add(tf.mul(first, beta1), tf.mul(g, 1 - beta1));
    const square = tf.add(tf.mul(second, beta2), tf.mul(tf.square(g), 1 - beta2));
    const moved = tf.sub(flat(parameters), tf.mul(tf.div(mean, tf.add(tf.div(tf.sqrt(square), correction), epsilon)), stepSize));
    const parts = tf.split(
      moved,
      shapes.map((shape) => shape.reduce((a, b) => a * b)),
    );
    const expected = [mean, square, ...parts.map((part, i) => tf.reshape(part, shapes[i]))];
    return [{ inputs: [constants, first, second, ...parameters, ...gradients], attributes: { N: 2 }, expected, tolerance: 1e-5 }];
  });
  define('MovingAverage', () =>
    [0.25, 0.999].map((decay) => {
      const [average, parameters] = [
        [random(3, 5), random(7)],
        [random(3, 5), random(7)],
      ];
      const expected = average.map((to, i) => tf.add(tf.mul(to, decay), tf.mul(parameters[i], 1 - decay)));
      return { inputs: [tf.tensor1d([decay, 1 - decay]), ...average, ...parameters], attributes: { N: 2 }, expected, tolerance: 1e-5 };
    }),
  );
  return references;
}

/**
 * Fails, naming the kernel, unless it computes what the composition does.
 *
 * @param run runs a kernel: (name, attributes, inputs, number of outputs) → tensors
 */
export function verifyKernel(tf, name, run, references = kernelReferences(tf)) {
  const reference = references.get(name);
  if (reference === undefined) throw new Error(`${name} has no composed reference`);
  tf.tidy(() => {
    for (const { inputs, attributes, expected, tolerance } of reference()) {
      const actual = run(name, attributes, inputs, expected.length);
      expected.forEach((right, i) =>
        compare(
          tf,
          `${name} ${JSON.stringify(attributes)} of ${inputs.map(({ shape }) => `[${shape}]`).join(' ')}`,
          actual[i],
          right,
          tolerance,
        ),
      );
    }
  });
}

/** Errors are relative to the largest value. */
function compare(tf, what, actual, right, tolerance) {
  if (actual.shape.join() !== right.shape.join())
    throw new Error(`${what} gave the shape [${actual.shape}] where [${right.shape}] is right`);
  const [got, wanted] = [actual.dataSync(), right.dataSync()];
  const largest = tf.max(tf.abs(right)).dataSync()[0];
  const at = wanted.findIndex((value, i) => !(Math.abs(got[i] - value) <= tolerance * largest));
  if (at >= 0) throw new Error(`${what} gave ${got[at]} where ${wanted[at]} is right`);
}

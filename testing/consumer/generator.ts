import * as tf from '@tensorflow/tfjs';
import {
  generator,
  type Constant,
  type EncoderFeatures,
  type Generator,
  type GeneratorOptions,
  type Masks,
  type StyleInjection,
} from '@stargan/generator';
import { adam, exponentialMovingAverage } from '@stargan/optimizers';
import { valueAndGradients } from '@stargan/ops';
import { cycleConsistencyLoss } from '@stargan/losses';

const injection: StyleInjection = 'adain';
const options: GeneratorOptions = { imageSize: 16, styleDim: 8, widthBudget: 128, maxWidth: 8, injection, convolution: undefined };
const G: Generator = generator(options);
const filter: Constant | undefined = G.constants['hpf.filter'];
if (filter !== undefined) tf.tensor(filter.values, filter.shape).dispose();
const image = tf.zeros<tf.Rank.R4>([1, 16, 16, 3]);
const style = tf.zeros([1, 8]);
const masks: Masks | undefined = undefined;

let parameters = G.init(777);
const features: EncoderFeatures = tf.tidy(() => G.encode(parameters, image, masks));
const translated: tf.Tensor4D = G.decode(parameters, features, style);
tf.dispose([translated, features.bottleneck]);
tf.dispose(features);

// A step of training, with the record that init gave.
const optimizer = adam({ learningRate: 1e-4 });
let state = optimizer.init(parameters);
const { value, gradients } = valueAndGradients((p) => cycleConsistencyLoss(image, G.apply(p, image, style)), parameters);
const next = optimizer.update(parameters, gradients, state);
const average = exponentialMovingAverage(parameters, next.parameters, 0.999);
tf.dispose([value, gradients, parameters, state, average]);
({ parameters, state } = next);
tf.dispose([parameters, state]);

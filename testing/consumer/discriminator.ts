import * as tf from '@tensorflow/tfjs';
import {
  discriminator,
  labelMapDiscriminator,
  patchClassifier,
  projectionDiscriminator,
  type Discriminator,
  type DiscriminatorOptions,
  type PatchClassifier,
  type PatchClassifierOptions,
} from '@stargan/discriminator';
import { fakeHingeLoss, r1Penalty } from '@stargan/losses';

const options: DiscriminatorOptions = { imageSize: 16, domains: 2, widthBudget: 128, maxWidth: 8 };
const image = tf.zeros<tf.Rank.R4>([2, 16, 16, 3]);
for (const make of [discriminator, labelMapDiscriminator, projectionDiscriminator]) {
  const D: Discriminator = make(options);
  const parameters = D.init(777);
  const logits: tf.Tensor1D = D.apply(parameters, image, [0, 1]);
  const losses: tf.Scalar[] = [fakeHingeLoss(logits), r1Penalty((x) => D.apply(parameters, x, [0, 1]), image)];
  const labels = tf.tensor1d([0, 1], 'int32');
  losses.push(
    r1Penalty((x) => D.apply(parameters, x, labels), image),
    fakeHingeLoss(D.apply(parameters, image, Int32Array.of(0, 1))),
  );
  tf.dispose([labels, logits, losses, parameters, D.specs.map(({ shape }) => tf.zeros(shape))]);
}
const classifierOptions: PatchClassifierOptions = { imageSize: 16, domains: 2, widthBudget: 128, maxWidth: undefined };
const C: PatchClassifier = patchClassifier(classifierOptions);
const answers: { patches: tf.Tensor4D; classes: tf.Tensor2D } = tf.tidy(() => C.apply(C.init(1), image));
tf.dispose(answers);

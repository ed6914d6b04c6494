import * as tf from '@tensorflow/tfjs';
import { conditionalStyleEncoder, styleEncoder, type StyleEncoder, type StyleEncoderOptions } from '@stargan/style-encoder';

const options: StyleEncoderOptions = { imageSize: 16, domains: 2, styleDim: 3, widthBudget: 128, maxWidth: 8, checkpointing: undefined };
for (const make of [styleEncoder, conditionalStyleEncoder]) {
  const E: StyleEncoder = make(options);
  const parameters = E.init(777);
  const styles: tf.Tensor2D = E.apply(parameters, tf.zeros([2, 16, 16, 3]), [0, 1]);
  const ofLabels: tf.Tensor2D[] = [Uint8Array.of(0, 1), tf.tensor1d([0, 1], 'int32')].map((domain) =>
    E.apply(parameters, tf.zeros([2, 16, 16, 3]), domain),
  );
  tf.dispose([ofLabels, styles, parameters, E.specs.map(({ shape }) => tf.zeros(shape))]);
}

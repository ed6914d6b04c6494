import * as tf from '@tensorflow/tfjs';
import { domainWeights, type DomainLabels } from '@stargan/layers';

const labels: DomainLabels = tf.tensor1d([0, 1], 'int32');
const weights: tf.Tensor2D = domainWeights('mine', labels, 2, 2);
console.log(weights.shape);

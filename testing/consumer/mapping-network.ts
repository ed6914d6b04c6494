import * as tf from '@tensorflow/tfjs';
import {
  conditionalMappingNetwork,
  mappingNetwork,
  type ConditionalMappingNetworkOptions,
  type MappingNetwork,
  type MappingNetworkOptions,
} from '@stargan/mapping-network';

const options: MappingNetworkOptions = { domains: 2, latentDim: 4, styleDim: 3, hiddenDim: undefined };
const F: MappingNetwork = mappingNetwork(options);
const parameters = F.init(777);
const styles: tf.Tensor2D = F.apply(parameters, tf.randomNormal([2, 4]), [0, 1]);
tf.dispose(
  [Int32Array.of(0, 1), tf.tensor1d([0, 1], 'int32'), tf.oneHot([0, 1], 2)].map((domain) =>
    F.apply(parameters, tf.randomNormal([2, 4]), domain),
  ),
);
tf.dispose([styles, parameters, F.specs.map(({ shape }) => tf.zeros(shape))]);
const conditional: ConditionalMappingNetworkOptions = { ...options, embeddingDim: 2 };
console.log(conditionalMappingNetwork(conditional).specs.length);

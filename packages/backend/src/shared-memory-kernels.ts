import * as tf from '@tensorflow/tfjs-core';

interface CountingBackend {
  incRef(dataId: object): void;
}

const backendName = 'tensorflow';

/**
 * tfjs-node launches a TensorFlow operation for a cast to the type that a tensor has already and for a reshape to its
 * own shape, which gradients ask for hundreds of times an iteration. Here they share the tensor's memory instead.
 */
export function shareMemoryWhereNothingChanges(): void {
  share('Cast', (x, attrs) => attrs?.dtype === x.dtype);
  share('Reshape', (x, attrs) => {
    const shape = attrs?.shape;
    return Array.isArray(shape) && shape.length === x.shape.length && shape.every((size, axis) => size === x.shape[axis]);
  });
}

const shared = new WeakSet<tf.KernelFunc>();

function share(kernelName: string, changesNothing: (x: tf.TensorInfo, attrs: tf.NamedAttrMap | undefined) => boolean): void {
  const stock = tf.getKernel(kernelName, backendName);
  // Null, against the declared type, where the backend has no such kernel.
  if (stock == null || shared.has(stock.kernelFunc)) return;
  const kernelFunc: tf.KernelFunc = (params) => {
    const { x } = params.inputs;
    if (x === undefined || !changesNothing(x, params.attrs)) return stock.kernelFunc(params);
    (params.backend as CountingBackend).incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  };
  shared.add(kernelFunc);
  tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({ kernelName, backendName, kernelFunc });
}

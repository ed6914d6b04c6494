import * as tf from '@tensorflow/tfjs-core';
import type { NativeBackend } from './launch-native.js';

interface TypedBackend extends NativeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: NativeBackend['binding'] & { readonly TF_ATTR_TYPE: number };
  typeAttributeFromTensor(tensor: tf.TensorInfo): number;
}

const backendName = 'tensorflow';

let replaced: tf.KernelFunc | undefined;

/**
 * tfjs-node reads the indices of every `tf.gather` to check them, which waits for the device and cannot be recorded. TensorFlow's own
 * kernel for processors checks them as well; only on a card, where it would give zeros, they are still read.
 */
export function gatherWithoutReading(): void {
  const stock = tf.getKernel('GatherV2', backendName);
  if (stock == null || stock.kernelFunc === replaced) return;
  const kernelFunc: tf.KernelFunc = (params) => {
    const backend = params.backend as TypedBackend;
    const { x, indices } = params.inputs;
    if (backend.isUsingGpuDevice || x === undefined || indices === undefined) return stock.kernelFunc(params);
    const { axis, batchDims } = params.attrs as { axis: number; batchDims: number };
    // Fails where the shapes do not fit.
    tf.backend_util.segment_util.collectGatherOpShapeInfo(x, indices, axis, batchDims);
    const { TF_ATTR_INT, TF_ATTR_TYPE } = backend.binding;
    const along = tf.scalar(axis, 'int32');
    const typeOf = (name: string, tensor: tf.TensorInfo): object => ({
      name,
      type: TF_ATTR_TYPE,
      value: backend.typeAttributeFromTensor(tensor),
    });
    const attributes = [
      { name: 'batch_dims', type: TF_ATTR_INT, value: batchDims },
      typeOf('Tparams', x),
      typeOf('Tindices', indices),
      typeOf('Taxis', along),
    ];
    const result = backend.executeSingleOutput('GatherV2', attributes, [x, indices, along]);
    along.dispose();
    return result;
  };
  replaced = kernelFunc;
  tf.unregisterKernel('GatherV2', backendName);
  tf.registerKernel({ kernelName: 'GatherV2', backendName, kernelFunc });
}

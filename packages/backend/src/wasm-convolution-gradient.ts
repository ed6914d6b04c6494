import * as tf from '@tensorflow/tfjs-core';

/**
 * Gives the wasm backend a `Conv2DBackpropFilter` kernel, without which nothing with a convolution trains on it.
 * The gradient of one filter tap is a matrix product of the image positions under that tap with the output
 * gradient, so the kernel is composed of one slice and one matMul per tap. Does nothing when a kernel is there.
 */
export function registerWasmConvolutionGradient(): void {
  if (tf.getKernel('Conv2DBackpropFilter', 'wasm') !== undefined) return;
  tf.registerKernel({
    kernelName: 'Conv2DBackpropFilter',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => {
      const { x, dy } = inputs as unknown as { x: tf.Tensor4D; dy: tf.Tensor4D };
      return convolutionFilterGradient(x, dy, attrs as unknown as tf.Conv2DBackpropFilterAttrs);
    },
  });
}

/**
 * dL/dW of y = conv2d(x, W).
 *
 * @param x [batch, height, width, in]
 * @param dy [batch, outHeight, outWidth, out]
 * @returns [filterHeight, filterWidth, in, out]
 */
export function convolutionFilterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, attrs: tf.Conv2DBackpropFilterAttrs): tf.Tensor4D {
  if (attrs.dataFormat !== 'NHWC') {
    throw new Error(`Conv2DBackpropFilter: dataFormat must be NHWC on the wasm backend, got ${attrs.dataFormat}`);
  }
  return tf.tidy(() => {
    const info = tf.backend_util.computeConv2DInfo(x.shape, attrs.filterShape, attrs.strides, 1, attrs.pad, attrs.dimRoundingMode);
    const { filterHeight, filterWidth, strideHeight, strideWidth, inChannels, outChannels, batchSize } = info;
    const { top, bottom, left, right } = info.padInfo;
    const padded = tf.pad4d(x, [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]);
    const positions = batchSize * info.outHeight * info.outWidth;
    const gradient = tf.reshape(dy, [positions, outChannels]);
    const taps: tf.Tensor2D[] = [];
    for (let row = 0; row < filterHeight; row++) {
      for (let column = 0; column < filterWidth; column++) {
        const seen = tf.stridedSlice(
          padded,
          [0, row, column, 0],
          [batchSize, row + (info.outHeight - 1) * strideHeight + 1, column + (info.outWidth - 1) * strideWidth + 1, inChannels],
          [1, strideHeight, strideWidth, 1],
        );
        taps.push(tf.matMul(tf.reshape(seen, [positions, inChannels]), gradient, true)); // [in, out]
      }
    }
    return tf.reshape(tf.stack(taps), [filterHeight, filterWidth, inChannels, outChannels]);
  });
}

import { writePyTorchFile, type TensorSource } from '@stargan/checkpoints';

/** A tensor that counts from `start` in hundredths. */
function counting(shape: readonly number[], start: number): TensorSource {
  const count = shape.reduce((product, size) => product * size, 1);
  return { dtype: 'F32', shape, data: Float32Array.from({ length: count }, (_, i) => (start + i) / 100) };
}

const LPIPS_CHANNELS = [64, 192, 384, 256, 256];

/** A file as LPIPS's authors publish their weights, with other numbers. */
export async function writeLpipsFile(file: string, name = (i: number): string => `lin${i}.model.1.weight`): Promise<void> {
  await writePyTorchFile(file, Object.fromEntries(LPIPS_CHANNELS.map((channels, i) => [name(i), counting([1, channels, 1, 1], i)])));
}

const ALEXNET: readonly (readonly [layer: number, shape: readonly number[]])[] = [
  [0, [64, 3, 11, 11]],
  [3, [192, 64, 5, 5]],
  [6, [384, 192, 3, 3]],
  [8, [256, 384, 3, 3]],
  [10, [256, 256, 3, 3]],
];

/** A file of AlexNet as torchvision publishes it, with other numbers and a smaller classifier. */
export async function writeAlexNetFile(file: string): Promise<void> {
  const layers = ALEXNET.flatMap(([layer, shape]) => [
    [`features.${layer}.weight`, counting(shape, layer)] as const,
    [`features.${layer}.bias`, counting(shape.slice(0, 1), layer)] as const,
  ]);
  await writePyTorchFile(file, Object.fromEntries([...layers, ['classifier.6.bias', counting([1000], 0)]]));
}

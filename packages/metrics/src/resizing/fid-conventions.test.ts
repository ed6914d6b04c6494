import { memory, tensor4d } from '@tensorflow/tfjs-core';
import { describe, expect, it, test } from 'vitest';
import { constantImage, noiseImage } from '../testing/images.js';
import { fidConventions, pytorchFidInput, type FidConventionName } from './fid-conventions.js';

const names = Object.keys(fidConventions) as FidConventionName[];

/** Values of PyTorch 2.13 for `noiseImage(…size) / 255` at some [row, column, channel], and the mean square of all. */
const places = [
  [0, 0, 0],
  [0, 298, 1],
  [298, 0, 2],
  [17, 230, 0],
  [149, 149, 1],
  [222, 3, 2],
  [298, 298, 0],
] as const;
const torchResults = [
  { size: [64, 64], values: [-1, -0.145098, 0.9529412, 0.5606556, -0.217647, -0.3490593, 0.0980393], meanSquare: 0.1372343695472078 },
  {
    size: [500, 311],
    values: [-0.4232539, 0.7174621, -0.3221869, 0.4817623, -0.7686259, -0.5448475, -0.877785],
    meanSquare: 0.23112361068464862,
  },
  { size: [299, 299], values: [-1, -0.7254902, -0.145098, 0.6862745, 0.9529412, -0.2470588, 0.4352942], meanSquare: 0.3359497919425689 },
  {
    size: [30, 700],
    values: [-0.1637615, -0.7336875, -0.3277267, -0.1120223, 0.0235295, -0.0425144, 0.0774204],
    meanSquare: 0.12877917402549185,
  },
] as const;

describe('fidConventions', () => {
  test.each(torchResults)('fid-pytorch interpolates like PyTorch from $size', ({ size: [width, height], values, meanSquare }) => {
    const input = fidConventions['fid-pytorch'].input([noiseImage(width, height)]);
    const data = input.dataSync<'float32'>();
    // As many digits as are written here; the goldens compare all bits.
    places.forEach(([row, column, channel], i) =>
      expect(Math.abs(data[(row * 299 + column) * 3 + channel]! - values[i]!)).toBeLessThan(2e-7),
    );
    expect(data.reduce((sum, value) => sum + value * value, 0) / data.length).toBeCloseTo(meanSquare, 5);
    input.dispose();
  });

  it.each(names)('%s brings images of any size to 299² and leaves nothing but them behind', (name) => {
    const before = memory().numTensors;
    const input = fidConventions[name].input([noiseImage(20, 31), noiseImage(299, 299), noiseImage(301, 40)], { imageSize: 64 });
    expect(input.shape).toEqual([3, 299, 299, 3]);
    expect(memory().numTensors).toBe(before + 1);
    input.dispose();
  });

  it.each([
    ['fid-stargan2', [(1 - 0.485) / 0.229, (1 - 0.456) / 0.224, (1 - 0.406) / 0.225], [-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225]],
    ['fid-clean', [127 / 128, 127 / 128, 127 / 128], [-1, -1, -1]],
    ['fid-pytorch', [1, 1, 1], [-1, -1, -1]],
  ] as const)('%s has the range of its network', (name, white, black) => {
    for (const [level, expected] of [
      [255, white],
      [0, black],
    ] as const) {
      const input = fidConventions[name].input([constantImage(32, 32, level)]);
      const pixel = [...input.dataSync<'float32'>().subarray(0, 3)];
      pixel.forEach((value, channel) => expect(value).toBeCloseTo(expected[channel]!, 5));
      input.dispose();
    }
  });

  it('resizes to the size of the model first, in fid-stargan2 alone', () => {
    const at = (name: FidConventionName, imageSize: number): number => {
      const input = fidConventions[name].input([noiseImage(128, 128)], { imageSize });
      const [value] = input.dataSync<'float32'>().subarray(1000);
      input.dispose();
      return value!;
    };
    expect(at('fid-stargan2', 16)).not.toBeCloseTo(at('fid-stargan2', 128), 3);
    expect(at('fid-clean', 16)).toBe(at('fid-clean', 128));
  });

  it('shows images to the layout that each convention was made with', () => {
    expect(names.map((name) => [name, fidConventions[name].layout])).toEqual([
      ['fid-stargan2', 'torchvision'],
      ['fid-clean', 'fid'],
      ['fid-pytorch', 'fid'],
    ]);
  });

  it('says when there are no images or the size is none', () => {
    for (const name of names)
      expect(() => fidConventions[name].input([])).toThrow(`${name}: images must hold at least one image, got none`);
    const wrong = [
      [undefined, 'images must be an array of { width, height, data }, got undefined'],
      [[undefined], 'image 0 must be { width, height, data }, got undefined'],
      [
        [noiseImage(2, 2), { width: 2, height: 2, data: new Float32Array(12) }],
        'image 1 must have 8-bit levels in a Uint8Array, got a Float32Array',
      ],
      [[{ width: 2, height: 2, data: new Uint8Array(16) }], 'image 0 of 2×2 must have 12 levels (RGB), got 16'],
    ] as const;
    for (const name of names)
      for (const [images, message] of wrong) expect(() => fidConventions[name].input(images as never)).toThrow(`${name}: ${message}`);
    expect(() => pytorchFidInput(tensor4d(new Float32Array(4), [1, 2, 2, 1]))).toThrow(
      'pytorchFidInput: image must be [batch, height, width, 3], got [1, 2, 2, 1]',
    );
    expect(() => fidConventions['fid-stargan2'].input([noiseImage(4, 4)], { imageSize: 0 })).toThrow(/must be a whole number ≥ 1, got 0/);
  });

  it('clips what the cubic filter overshoots, in fid-clean', () => {
    const data = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (Math.floor(i / 3) % 8 === 0 ? 0 : 255));
    const input = fidConventions['fid-clean'].input([{ width: 64, height: 64, data }]);
    const values = input.dataSync<'float32'>();
    expect([values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))]).toEqual([-1, 127 / 128]);
    input.dispose();
  });

  it('takes a batch of tensors as it takes pictures, but for rounding', () => {
    const picture = noiseImage(50, 40);
    const batch = tensor4d(
      Float32Array.from(picture.data, (level) => level / 255),
      [1, 40, 50, 3],
    );
    const input = pytorchFidInput(batch);
    const same = fidConventions['fid-pytorch'].input([picture]);
    const values = same.dataSync<'float32'>();
    expect(input.dataSync<'float32'>().reduce((largest, value, i) => Math.max(largest, Math.abs(value - values[i]!)), 0)).toBeLessThan(
      5e-7,
    );
    batch.dispose();
    input.dispose();
    same.dispose();
  });
});

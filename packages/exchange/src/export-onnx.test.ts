import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dispose, randomNormal, randomUniform, tidy, transpose } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { openModel, type OpenedModel, type TrainingConfig } from '@stargan/training';
import { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import { exportOnnx } from './index.js';
import { writeRandomRun } from './testing/random-run.js';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';

const folder = useTemporaryFolder();

const floats = (tensor: Tensor): OnnxTensor => new OnnxTensor('float32', tensor.dataSync<'float32'>(), tensor.shape);

/** Images as ONNX has them: [n, S, S, c] → [n, c, S, S]. */
function channelsFirst(image: Tensor): OnnxTensor {
  const moved = transpose(image, [0, 3, 1, 2]);
  const result = floats(moved);
  moved.dispose();
  return result;
}

const labels = (values: readonly number[]): OnnxTensor => new OnnxTensor('int64', BigInt64Array.from(values, BigInt), [values.length]);

/** The largest difference, of outputs that have the same shape. */
function worst(result: OnnxTensor | undefined, expected: OnnxTensor): number {
  expect(result?.dims).toEqual(expected.dims);
  const values = expected.data as Float32Array;
  return (result!.data as Float32Array).reduce((most, value, i) => Math.max(most, Math.abs(value - values[i]!)), 0);
}

/** An exported network, and what runs it. */
const load = async (out: string, name: string): Promise<InferenceSession> =>
  InferenceSession.create(await readFile(join(out, `${name}.onnx`)), { logSeverityLevel: 4 });

const TOLERANCE = 1e-4;

interface Exported {
  readonly model: OpenedModel;
  readonly config: TrainingConfig;
  readonly out: string;
}

async function exported(name: string, values: Partial<TrainingConfig>, domains: readonly string[], masks = false): Promise<Exported> {
  const run = join(folder(), name);
  const config = await writeRandomRun(run, { values, domains });
  const out = join(folder(), `${name}-onnx${masks ? '-masks' : ''}`);
  const { iteration, files } = await exportOnnx({ run, out, masks });
  expect(iteration).toBe(7);
  expect(files.map(({ path }) => path)).toEqual(['generator', 'mapping_network', 'style_encoder'].map((file) => join(out, `${file}.onnx`)));
  return { model: await openModel(run), config, out };
}

const release = ({ weights }: OpenedModel): void => Object.values(weights).forEach((record) => dispose(Object.values(record)));

describe.each<[string, Partial<TrainingConfig>, string[]]>([
  ['the smallest images, one domain', { imageSize: 16 }, ['cat']],
  ['three domains', { imageSize: 32 }, ['cat', 'dog', 'wild']],
  ['widths that are not capped', { imageSize: 64, maxWidth: 512 }, ['cat', 'dog']],
  ['a high-pass skip', { imageSize: 64, highPass: 1 }, ['female', 'male']],
])('a model exported to ONNX, with %s', (name, values, domains) => {
  it('gives what it gives here, whatever the batch', async () => {
    const { model, config, out } = await exported(name.replaceAll(' ', '-'), values, domains);
    const { networks, weights } = model;
    const [generator, mapping, encoder] = await Promise.all(
      ['generator', 'mapping_network', 'style_encoder'].map((file) => load(out, file)),
    );
    for (const batch of [1, 2, 5]) {
      const image = randomUniform([batch, config.imageSize, config.imageSize, 3], -1, 1, 'float32', batch);
      const latent = randomNormal([batch, config.latentDim], 0, 1, 'float32', batch);
      const domain = Array.from({ length: batch }, (_, i) => (i * 2 + batch) % domains.length);
      const expected = tidy(() => {
        const style = networks.mappingNetwork.apply(weights.mappingNetwork, latent, domain);
        return {
          mapped: style,
          encoded: networks.styleEncoder.apply(weights.styleEncoder, image, domain),
          translated: networks.generator.apply(weights.generator, image, style),
        };
      });
      const { style: mapped } = await mapping!.run({ latent: floats(latent), domain: labels(domain) });
      const { style: encoded } = await encoder!.run({ image: channelsFirst(image), domain: labels(domain) });
      const { translated } = await generator!.run({ image: channelsFirst(image), style: mapped! });
      expect(worst(mapped, floats(expected.mapped))).toBeLessThan(TOLERANCE);
      expect(worst(encoded, floats(expected.encoded))).toBeLessThan(TOLERANCE);
      expect(worst(translated, channelsFirst(expected.translated))).toBeLessThan(TOLERANCE);
      dispose([image, latent, ...Object.values(expected)]);
    }
    release(model);
  });
});

describe('masks of a high-pass skip', () => {
  it('are inputs where that is asked for, and do what they do here', async () => {
    const values = { imageSize: 128, widthBudget: 512, maxWidth: 12, highPass: 2 };
    const { model, config, out } = await exported('masks', values, ['female', 'male'], true);
    const session = await load(out, 'generator');
    expect(session.inputNames).toEqual(['image', 'style', 'mask_coarse', 'mask_fine']);
    const { generator } = model.networks;
    for (const batch of [1, 3]) {
      const image = randomUniform([batch, 128, 128, 3], -1, 1, 'float32', batch);
      const style = randomNormal([batch, config.styleDim], 0, 1, 'float32', batch);
      const [coarse, fine] = [1, 2].map((seed) => randomUniform([batch, 128, 128, 1], 0, 1, 'float32', 10 * batch + seed));
      const expected = generator.apply(model.weights.generator, image, style, [coarse!, fine!]);
      const without = generator.apply(model.weights.generator, image, style);
      const inputs = { image: channelsFirst(image), style: floats(style) };
      const { translated } = await session.run({ ...inputs, mask_coarse: channelsFirst(coarse!), mask_fine: channelsFirst(fine!) });
      expect(worst(translated, channelsFirst(expected))).toBeLessThan(TOLERANCE);
      expect(worst(translated, channelsFirst(without))).toBeGreaterThan(0.1);
      const nothing = new OnnxTensor('float32', new Float32Array(batch * 128 * 128), [batch, 1, 128, 128]);
      const masked = await session.run({ ...inputs, mask_coarse: nothing, mask_fine: nothing });
      expect(worst(masked.translated, channelsFirst(without))).toBeLessThan(TOLERANCE);
      dispose([image, style, coarse!, fine!, expected, without]);
    }
    release(model);
  });

  it('are refused for a model that has none', async () => {
    const run = join(folder(), 'no-skip');
    await writeRandomRun(run);
    await expect(exportOnnx({ run, out: join(folder(), 'none'), masks: true })).rejects.toThrow(
      'masks are for models with a high-pass skip, and highPass of this one is 0',
    );
  });
});

describe('an export to ONNX', () => {
  it('says what it is of, and holds no parameter that is not used', async () => {
    const { out } = await exported('described', { imageSize: 64, highPass: 1 }, ['female', 'male']);
    const bytes = await readFile(join(out, 'generator.onnx'), 'latin1');
    expect(bytes).toContain('["female","male"]');
    expect(bytes).toContain('encode.0.conv1x1.weight');
    // The reference keeps it in its state dict, and leaves the shortcut out.
    expect(bytes).not.toContain('decode.4.conv1x1.weight');
  });

  it('refuses domains that the model has not', async () => {
    const { out, config } = await exported('two', {}, ['cat', 'dog']);
    const session = await load(out, 'mapping_network');
    const latent = new OnnxTensor('float32', new Float32Array(config.latentDim), [1, config.latentDim]);
    await expect(session.run({ latent, domain: labels([2]) })).rejects.toThrow(/invalid index found, index = 2/);
  });

  it('is made of the networks of the paper alone', async () => {
    const run = join(folder(), 'conditional');
    await writeRandomRun(run, { values: { mappingNetwork: 'conditional' } });
    await expect(exportOnnx({ run, out: join(folder(), 'conditional-onnx') })).rejects.toThrow(
      "onnx is written of the networks of StarGAN v2, with mappingNetwork 'branches'; this model has 'conditional'. Export it for tfjs, which keeps any",
    );
  });
});

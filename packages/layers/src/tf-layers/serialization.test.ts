import { dispose, io, memory, randomNormal, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { input, layers, loadLayersModel, model as makeModel, models, sequential } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { adain, convolution, minibatchStdDev, patchDiscriminator, registerTfLayers, residualBlock, styledResidualBlock } from './index.js';
import { cases } from './testing/cases.js';

const values = (tensor: Tensor): number[] => Array.from(tensor.dataSync());

/** What `model.save` hands to a file or a server. */
async function saved(model: LayersModel): Promise<io.ModelArtifacts> {
  let kept: io.ModelArtifacts | undefined;
  await model.save(
    io.withSaveHandler((artifacts) => {
      kept = artifacts;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
    }),
  );
  return kept!;
}

/** A model that begins with inputs of these shapes and gives what the layer makes of them. */
function modelOf(layer: layers.Layer, shapes: readonly number[][]): LayersModel {
  const inputs = shapes.map((shape) => input({ shape: shape.slice(1) }));
  return makeModel({ inputs, outputs: layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as SymbolicTensor });
}

const predict = (model: LayersModel, inputs: Tensor[]): number[] =>
  tidy(() => values(model.predict(inputs.length === 1 ? inputs[0]! : inputs, { batchSize: 32 }) as Tensor));

/** Every value in a JSON tree that is no object or array. */
const leaves = (tree: unknown): unknown[] => (typeof tree === 'object' && tree !== null ? Object.values(tree).flatMap(leaves) : [tree]);

beforeAll(registerTfLayers);

describe.each(Object.entries(cases))('a saved model with %s', (name, { make, inputs }) => {
  it('loads and computes the same bits, from weights that are not the initial ones', async () => {
    const tensors = inputs();
    const model = modelOf(
      make({ name: `saved_${name}` }),
      tensors.map(({ shape }) => shape),
    );
    const initial = predict(model, tensors);
    const others = model.getWeights().map((weight, i) => randomNormal(weight.shape, 0, 1, 'float32', i));
    model.setWeights(others);
    const expected = predict(model, tensors);
    if (others.length > 0) expect(expected).not.toEqual(initial);
    const artifacts = await saved(model);
    // As a file would: nothing but JSON and the weights' bytes.
    const written = JSON.parse(JSON.stringify(artifacts.modelTopology)) as object;
    expect(written).toEqual(artifacts.modelTopology);
    expect(JSON.stringify(written)).toContain('"version":1');
    const loaded = await loadLayersModel(io.fromMemory({ ...artifacts, modelTopology: written }));
    expect(predict(loaded, tensors)).toEqual(expected);
    expect(loaded.layers.map((layer) => layer.getConfig())).toEqual(model.layers.map((layer) => layer.getConfig()));
    model.dispose();
    loaded.dispose();
    dispose([...tensors, ...others]);
  });

  it('is JSON of plain values, from which a model with the same initial weights is made', async () => {
    const tensors = inputs();
    const model = modelOf(
      make({ name: `json_${name}` }),
      tensors.map(({ shape }) => shape),
    );
    const topology = model.toJSON(null, false) as unknown as { config: object };
    for (const leaf of leaves(topology)) expect(['string', 'number', 'boolean', 'object']).toContain(typeof leaf);
    const made = await models.modelFromJSON(
      JSON.parse(JSON.stringify({ modelTopology: topology })) as Parameters<typeof models.modelFromJSON>[0],
    );
    expect(predict(made, tensors)).toEqual(predict(model, tensors));
    model.dispose();
    made.dispose();
    dispose(tensors);
  });
});

it('a sequential model with spectral normalisation keeps its vectors, and goes on as the one that was saved', async () => {
  const model = sequential({
    layers: [patchDiscriminator({ inputShape: [16, 16, 3], width: 4, levels: 2, spectralNormalization: true }), layers.flatten()],
  });
  const x = randomNormal([2, 16, 16, 3], 0, 1, 'float32', 1);
  const train = (each: LayersModel): number[] => tidy(() => values(each.apply(x, { training: true }) as Tensor));
  train(model);
  const loaded = await loadLayersModel(io.fromMemory(await saved(model)));
  expect(train(loaded)).toEqual(train(model));
  expect(train(loaded)).toEqual(train(model));
  model.dispose();
  loaded.dispose();
  x.dispose();
});

it('loading leaves nothing behind but the weights', async () => {
  const model = modelOf(adain(), [
    [1, 4, 4, 2],
    [1, 3],
  ]);
  const artifacts = await saved(model);
  const before = memory().numTensors;
  const loaded = await loadLayersModel(io.fromMemory(artifacts));
  expect(memory().numTensors).toBe(before + 2);
  loaded.dispose();
  expect(memory().numTensors).toBe(before);
  model.dispose();
});

describe('a model that cannot be loaded', () => {
  /** The configuration of a saved layer, changed. */
  async function load(change: (layer: { class_name: string; config: Record<string, unknown> }) => void): Promise<LayersModel> {
    const model = sequential({ layers: [residualBlock({ name: 'block', inputShape: [4, 4, 2], outChannels: 3 })] });
    const topology = JSON.parse(JSON.stringify(model.toJSON(null, false))) as { config: { layers: Parameters<typeof change>[0][] } };
    model.dispose();
    change(topology.config.layers[0]!);
    return models.modelFromJSON(topology as unknown as Parameters<typeof models.modelFromJSON>[0]);
  }

  it('is loaded when nothing is wrong', async () => {
    (await load(() => undefined)).dispose();
  });

  it('of another version says which one is read and what to do', async () => {
    await expect(load(({ config }) => (config.version = 2))).rejects.toThrow(
      "residualBlock 'block': version must be 1, got 2; load it with the @stargan/layers that saved it",
    );
  });

  it('with a layer that nobody knows names it', async () => {
    await expect(load((layer) => (layer.class_name = 'StarganPerceiver'))).rejects.toThrow('Unknown layer: StarganPerceiver');
  });

  it('with options that are none, or not what they must be, names them', async () => {
    await expect(load(({ config }) => (config.out_channels = '3'))).rejects.toThrow(
      'residualBlock \'block\': outChannels must be a whole number ≥ 1, got "3"',
    );
    await expect(load(({ config }) => delete config.out_channels)).rejects.toThrow(
      "residualBlock 'block': outChannels must be a whole number ≥ 1, got undefined",
    );
    await expect(load(({ config }) => (config.convolution = 'constructor'))).rejects.toThrow(
      'residualBlock \'block\': convolution must be one of winograd, fused, composed, got "constructor"',
    );
    await expect(load(({ config }) => (config.upsample = true))).rejects.toThrow(
      "residualBlock 'block': options must be outChannels, normalize, downsample, convolution, seed, spectralNormalization, those of every layer, got upsample",
    );
  });
});

describe('the configuration', () => {
  const side = fc.integer({ min: 1, max: 99 });
  const common = {
    name: fc.stringMatching(/^[a-z][a-zA-Z0-9_]{0,9}$/),
    seed: fc.nat(),
    spectralNormalization: fc.boolean(),
    trainable: fc.boolean(),
  };

  it('of any layer makes that layer again, by way of JSON', () => {
    const through = (layer: layers.Layer): void => {
      const config = layer.getConfig();
      const { layerClass } = [adain, convolution, minibatchStdDev, residualBlock, styledResidualBlock].find(
        (each) => each.layerClass.className === layer.getClassName(),
      )!;
      expect(layerClass.fromConfig(layerClass, JSON.parse(JSON.stringify(config)) as typeof config).getConfig()).toEqual(config);
    };
    fc.assert(
      fc.property(fc.record({ ...common, outChannels: side, normalize: fc.boolean(), downsample: fc.boolean() }), (options) =>
        through(residualBlock(options)),
      ),
    );
    fc.assert(
      fc.property(fc.record({ ...common, outChannels: side, upsample: fc.boolean(), shortcut: fc.boolean() }), (options) =>
        through(styledResidualBlock(options)),
      ),
    );
    fc.assert(
      fc.property(
        fc.record({ ...common, slope: fc.double({ noNaN: true, noDefaultInfinity: true }).map((slope) => slope + 0) }),
        (options) => through(adain(options)),
      ),
    );
    fc.assert(
      fc.property(fc.record({ ...common, outChannels: side, size: side, padding: fc.constantFrom('same', 'valid') }), (options) =>
        through(convolution(options)),
      ),
    );
    fc.assert(fc.property(fc.record({ groupSize: side, maps: side }), (options) => through(minibatchStdDev(options))));
  });

  it('of a wrong option is an error that names the layer, the option and what it must be', () => {
    fc.assert(
      fc.property(
        fc.anything().filter((value) => !(Number.isInteger(value) && (value as number) >= 1)),
        (outChannels) => {
          expect(() => residualBlock({ name: 'r', outChannels: outChannels as number })).toThrow(
            /^residualBlock 'r': outChannels must be a whole number ≥ 1, got /,
          );
        },
      ),
    );
  });
});

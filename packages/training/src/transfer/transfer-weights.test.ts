import { concat, memory, reshape, slice, tensor, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { ConfigError } from '@stargan/config';
import { normalArray, randomStream } from '@stargan/random';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TrainingConfig } from '../config/training-config.js';
import { buildNetworks, EMA_NETWORKS, NETWORK_NAMES, type NetworkName, type Networks, type WeightsOf } from '../networks/networks.js';
import { disposeAll, initialWeights, mapNames } from '../networks/weights.js';
import { smallConfig } from '../testing/small-config.js';
import { describeTransfer, summarizeTransfer } from './describe-transfer.js';
import { planTransfer, type TransferModel, type TransferPlan } from './plan-transfer.js';
import { transferWeights } from './transfer-weights.js';

let tensors = 0;
beforeEach(() => {
  tensors = memory().numTensors;
});
afterEach(() => {
  expect(memory().numTensors).toBe(tensors);
});

const model = (domains: readonly string[], values: Partial<TrainingConfig> = {}): TransferModel & { config: TrainingConfig } => ({
  config: smallConfig(values),
  domains,
});

/** Weights that are nowhere zero, biases included, so that none could be mistaken for an initial one. */
function randomWeights(networks: Networks): WeightsOf {
  const values = (name: string, size: number): Float32Array => normalArray(size, randomStream(5, name)).map((value) => 0.3 * value);
  return mapNames(NETWORK_NAMES, (network) =>
    Object.fromEntries(
      networks[network].specs.map(({ name, shape }) => [
        name,
        tensor(
          values(
            `${network} ${name}`,
            shape.reduce((a, b) => a * b, 1),
          ),
          [...shape],
        ),
      ]),
    ),
  );
}

const disposeWeights = (weights: Partial<WeightsOf>): void => disposeAll(...Object.values(weights));

const input = (shape: readonly number[], stream: string): Tensor =>
  tensor(
    normalArray(
      shape.reduce((a, b) => a * b, 1),
      randomStream(2, stream),
    ).map(Math.tanh),
    [...shape],
  );

/** What the networks give for one image and one latent code in a domain. */
function outputs(
  { generator, mappingNetwork, styleEncoder, discriminator }: Networks,
  w: WeightsOf,
  size: number,
  domain: number,
): Float32Array {
  return tidy(() => {
    const image = input([1, size, size, 3], 'image');
    const style = mappingNetwork.apply(w.mappingNetwork, input([1, 4], 'latent'), [domain]);
    const encoded = styleEncoder.apply(w.styleEncoder, image, [domain]);
    const classes = discriminator.classify?.(w.discriminator, image).classes;
    const all = [
      // A code that holds the domain in one-hot form is compared by the picture that it gives.
      generator.apply(w.generator, image, style),
      generator.apply(w.generator, image, encoded),
      discriminator.apply(w.discriminator, image, [domain]),
      ...(classes === undefined ? [] : [slice(classes, [0, domain], [1, 1])]),
    ];
    return concat(all.map((each) => reshape(each, [-1])))
      .dataSync<'float32'>()
      .slice();
  });
}

function expectClose(got: Float32Array, expected: Float32Array): void {
  expect(got.length).toBe(expected.length);
  const size = Math.max(...expected.map(Math.abs));
  for (const [i, value] of got.entries()) expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(1e-4 * size);
}

const ARCHITECTURES: Readonly<Record<string, Partial<TrainingConfig>>> = {
  "the reference's": {},
  'conditional networks and label maps': { mappingNetwork: 'conditional', styleEncoder: 'conditional', discriminator: 'labelMaps' },
  'a projection discriminator and styles as maps': { discriminator: 'projection', injection: 'concatenation' },
  'a patch classifier and labels as codes': { discriminator: 'patchClassifier', conditioning: 'label' },
  'latent codes with labels as maps': { conditioning: 'latent', injection: 'concatenation' },
  'a high-pass skip': { highPass: 1 },
};

const ANIMALS = ['bear', 'cat', 'dog', 'fox', 'wolf'];
const someAnimals = fc.shuffledSubarray(ANIMALS, { minLength: 1 });

describe.each(Object.entries(ARCHITECTURES))('domains by name, with %s', (_, values) => {
  it('that stay give what they gave, whatever their order and whichever are added and removed', () => {
    fc.assert(
      fc.property(someAnimals, someAnimals, (before, after) => {
        const [from, to] = [model(before, values), model(after, values)];
        const old = buildNetworks(from.config, before.length);
        const weights = randomWeights(old);
        const plan = planTransfer(from, to);
        const made = transferWeights(plan, weights, 1);
        const kept = after.filter((name) => before.includes(name));
        expect([[...plan.keptDomains.keys()], plan.newDomains, plan.removedDomains]).toEqual([
          kept,
          after.filter((name) => !before.includes(name)),
          before.filter((name) => !after.includes(name)),
        ]);
        for (const name of kept)
          expectClose(outputs(plan.networks, made, 16, after.indexOf(name)), outputs(old, weights, 16, before.indexOf(name)));
        for (const network of NETWORK_NAMES)
          expect(Object.entries(made[network]).map(([name, { shape }]) => [name, shape])).toEqual(
            plan.networks[network].specs.map(({ name, shape }) => [name, [...shape]]),
          );
        requireCounts(plan, old);
        disposeWeights(made);
        disposeWeights(weights);
      }),
      { numRuns: 8 },
    );
  });
});

/** Every value of either model is accounted for once. */
function requireCounts(plan: TransferPlan, old: Networks): void {
  const valuesIn = (networks: Networks): number =>
    NETWORK_NAMES.flatMap((name) => networks[name].specs).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const { kept, new: fresh, dropped } = summarizeTransfer(plan);
  expect(kept.values + fresh.values).toBe(valuesIn(plan.networks));
  // One head that several domains begin with counts for each.
  if ([...plan.keptDomains].every(([name, source]) => name === source)) expect(kept.values + dropped.values).toBe(valuesIn(old));
  expect(kept.tensors + fresh.tensors).toBe(plan.parameters.length);
}

const read = (tensor: Tensor | undefined): Float32Array => tensor!.dataSync<'float32'>().slice();

describe('a new domain', () => {
  const [from, to] = [model(['cat', 'dog']), model(['cat', 'dog', 'wolf'])];

  it('begins with initial heads of the seed, and leaves every other bit', () => {
    const old = buildNetworks(from.config, 2);
    const weights = randomWeights(old);
    const plan = planTransfer(from, to);
    const [made, fresh] = [transferWeights(plan, weights, 3), initialWeights(plan.networks, NETWORK_NAMES, 3)];
    expect(read(made.mappingNetwork['unshared.2.4.weight'])).toEqual(read(fresh.mappingNetwork['unshared.2.4.weight']));
    expect(read(made.styleEncoder['unshared.2.weight'])).toEqual(read(fresh.styleEncoder['unshared.2.weight']));
    for (const network of ['generator', 'mappingNetwork', 'styleEncoder'] as const)
      for (const [name, tensor] of Object.entries(weights[network])) expect(read(made[network][name]), name).toEqual(read(tensor));
    // The discriminator's head: an output of each domain, the last axis.
    const head = read(made.discriminator['main.6.weight']);
    const [before, initial] = [read(weights.discriminator['main.6.weight']), read(fresh.discriminator['main.6.weight'])];
    head.forEach((value, i) => {
      const [channel, domain] = [Math.floor(i / 3), i % 3];
      expect(value).toBe(domain < 2 ? before[channel * 2 + domain] : initial[i]);
    });
    expect(summarizeTransfer(plan)).toMatchObject({ newDomains: ['wolf'], removedDomains: [], dropped: { tensors: 0, values: 0 } });
    [made, fresh, weights].forEach(disposeWeights);
  });

  it('begins with the heads of another where it is asked for, which may stay or go', () => {
    for (const domains of [
      ['cat', 'dog', 'wolf'],
      ['cat', 'wolf'],
    ]) {
      const old = buildNetworks(from.config, 2);
      const weights = randomWeights(old);
      const plan = planTransfer(from, model(domains), { copies: { wolf: 'dog' } });
      const made = transferWeights(plan, weights, 1);
      expectClose(outputs(plan.networks, made, 16, domains.indexOf('wolf')), outputs(old, weights, 16, 1));
      expect(plan.newDomains).toEqual([]);
      expect(plan.removedDomains).toEqual([]);
      expect(summarizeTransfer(plan).new.values).toBe(0);
      requireCounts(plan, old);
      expect(describeTransfer(plan)).toContain('domains that begin with the heads of another: wolf (of dog)');
      [made, weights].forEach(disposeWeights);
    }
  });

  it.each([
    [{ fox: 'dog' }, 'new domain fox=dog: fox is no domain of the images, which has cat, dog, wolf'],
    [{ wolf: 'fox' }, 'new domain wolf=fox: fox is no domain of the trained model, which has cat, dog'],
    [{ dog: 'cat' }, 'new domain dog=cat: dog is one of the trained model, and keeps its own heads'],
    [{ wolf: 'constructor' }, 'constructor is no domain of the trained model'],
  ])('cannot begin with what is not there: %j', (copies, message) => {
    expect(() => planTransfer(from, to, { copies })).toThrow(ConfigError);
    expect(() => planTransfer(from, to, { copies })).toThrow(message);
  });

  it('is one of 60, of which others are shown by number', () => {
    const names = Array.from({ length: 60 }, (_, i) => `breed-${`${i}`.padStart(2, '0')}`);
    const plan = planTransfer(model(names.slice(0, 20)), model([...names].reverse()));
    const weights = randomWeights(buildNetworks(from.config, 20));
    const made = transferWeights(plan, weights, 1);
    expect(read(made.mappingNetwork['unshared.59.4.weight'])).toEqual(read(weights.mappingNetwork['unshared.0.4.weight']));
    const lines = describeTransfer(plan);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(400);
    expect(lines.find((line) => line.startsWith('new:'))).toContain('mapping_network.unshared.0.* to mapping_network.unshared.39.*');
    expect(lines.at(-1)).toMatch(/^domains whose heads are new: breed-59, .*, breed-48 and 28 more$/);
    [made, weights].forEach(disposeWeights);
  });
});

/** The names of what is new in a plan, by module. */
const newIn = (plan: TransferPlan, network: NetworkName): string[] =>
  plan.parameters.flatMap((each) => (each.network === network && each.keptSize === 0 ? [each.key] : []));

describe('another image size', () => {
  const wide = { widthBudget: 512, maxWidth: 16 };
  const at = (imageSize: number, values: Partial<TrainingConfig> = {}): ReturnType<typeof model> =>
    model(['cat', 'dog'], { ...wide, ...values, imageSize });

  it('keeps blocks at their resolution, and makes anew what takes the image in and gives it out', () => {
    const plan = planTransfer(at(32), at(64));
    const weights = randomWeights(buildNetworks(at(32).config, 2));
    const made = transferWeights(plan, weights, 1);
    // The encoder of 64² begins with a block more; the decoder ends with one.
    for (const [now, before] of [
      ['encode.1.conv1.weight', 'encode.0.conv1.weight'],
      ['encode.3.norm2.weight', 'encode.2.norm2.weight'],
      ['decode.0.norm1.fc.weight', 'decode.0.norm1.fc.weight'],
      ['decode.2.conv2.weight', 'decode.2.conv2.weight'],
    ] as const)
      expect(read(made.generator[now]), now).toEqual(read(weights.generator[before]));
    for (const [network, prefix] of [
      ['styleEncoder', 'shared'],
      ['discriminator', 'main'],
    ] as const) {
      for (const [now, before] of [
        ['2.conv1.weight', '1.conv1.weight'],
        ['4.conv2.bias', '3.conv2.bias'],
        ['6.weight', '5.weight'],
      ] as const)
        expect(read(made[network][`${prefix}.${now}`]), now).toEqual(read(weights[network][`${prefix}.${before}`]));
    }
    expect(read(made.discriminator['main.8.weight'])).toEqual(read(weights.discriminator['main.7.weight']));
    expect(newIn(plan, 'mappingNetwork')).toEqual([]);
    const modules = (network: NetworkName): string[] => [...new Set(newIn(plan, network).map((key) => /^\w+(\.\d+)?/.exec(key)![0]))];
    expect(modules('generator')).toEqual(
      ['from_rgb.weight', 'from_rgb.bias', 'encode.0', 'decode.3', 'to_rgb.0', 'to_rgb.2']
        .map((m) => m.replace(/\.(weight|bias)$/, ''))
        .filter((m, i, all) => all.indexOf(m) === i),
    );
    expect(modules('styleEncoder')).toEqual(['shared.0', 'shared.1']);
    expect(modules('discriminator')).toEqual(['main.0', 'main.1']);
    expect(plan.dropped.map(({ key }) => key).filter((key) => key.includes('conv'))).toEqual([]);
    requireCounts(plan, buildNetworks(at(32).config, 2));
    [made, weights].forEach(disposeWeights);
  });

  it('downwards drops the blocks beyond it, and there and back keeps what both have', () => {
    const [up, down] = [planTransfer(at(32), at(128)), planTransfer(at(128), at(32))];
    const weights = randomWeights(buildNetworks(at(32).config, 2));
    const large = transferWeights(up, weights, 1);
    const again = transferWeights(down, large, 2);
    for (const network of NETWORK_NAMES) {
      const fresh = new Set(newIn(down, network));
      for (const [name, tensor] of Object.entries(weights[network]))
        if (!fresh.has(name)) expect(read(again[network][name]), `${network}.${name}`).toEqual(read(tensor));
    }
    expect(newIn(down, 'discriminator')).toEqual(['main.0.weight', 'main.0.bias']);
    expect(newIn(down, 'generator')).toEqual([
      'from_rgb.weight',
      'from_rgb.bias',
      'to_rgb.0.weight',
      'to_rgb.0.bias',
      'to_rgb.2.weight',
      'to_rgb.2.bias',
    ]);
    expect(describeTransfer(down).find((line) => line.startsWith('dropped:'))).toContain(
      'generator.encode.[0-1].*, generator.decode.[3-4].*',
    );
    requireCounts(down, buildNetworks(at(128).config, 2));
    [weights, large, again].forEach(disposeWeights);
  });

  it.each([['patchClassifier'], ['projection'], ['labelMaps']] as const)('is possible with other discriminators: %s', (discriminator) => {
    for (const [before, after] of [
      [16, 64],
      [64, 16],
      [64, 256],
    ] as const) {
      const [from, to] = [at(before, { discriminator }), at(after, { discriminator })];
      const plan = planTransfer(from, to);
      const weights = randomWeights(buildNetworks(from.config, 2));
      const made = transferWeights(plan, weights, 1);
      expect(Object.values(made.discriminator).length).toBe(plan.networks.discriminator.specs.length);
      expect(plan.parameters.some(({ network, keptSize }) => network === 'discriminator' && keptSize > 0)).toBe(true);
      requireCounts(plan, buildNetworks(from.config, 2));
      [made, weights].forEach(disposeWeights);
    }
  });

  it('and other domains go together', () => {
    const from = at(32);
    const plan = planTransfer(from, { ...at(64), domains: ['dog', 'wolf'] });
    const weights = randomWeights(buildNetworks(from.config, 2));
    const made = transferWeights(plan, weights, 1);
    expect(read(made.styleEncoder['unshared.0.weight'])).toEqual(read(weights.styleEncoder['unshared.1.weight']));
    const [head, before] = [read(made.discriminator['main.8.bias']), read(weights.discriminator['main.7.bias'])];
    expect(head[0]).toBe(before[1]);
    [made, weights].forEach(disposeWeights);
  });
});

describe('what does not fit', () => {
  it.each([
    [{ styleDim: 8 }, 'the weights are of a model with styleDim 4, now it is 8; they do not fit another one: leave it as before'],
    [{ maxWidth: 4, latentDim: 2 }, 'latentDim 4, now it is 2; maxWidth 8, now it is 4; they do not fit another one: leave them as before'],
    [{ discriminator: 'projection' }, 'discriminator branches, now it is projection'],
    [{ highPass: 1 }, 'highPass 0, now it is 1'],
  ] as const)('is refused by name: %j', (values, message) => {
    expect(() => planTransfer(model(['cat', 'dog']), model(['cat', 'dog'], values))).toThrow(ConfigError);
    expect(() => planTransfer(model(['cat', 'dog']), model(['cat', 'dog'], values))).toThrow(message);
  });

  it('is a frozen parameter that would be new, at least in part', () => {
    const from = model(['cat', 'dog']);
    const frozen = (freeze: string, domains = ['cat', 'dog', 'wolf'], values = {}): unknown =>
      planTransfer(from, model(domains, { freeze, ...values }));
    expect(() => frozen('mapping_network.*')).toThrow(
      'freeze names parameters that are new, at least in part, and would stay as they were initialised: mapping_network.unshared.2.*; name others',
    );
    expect(() => frozen('discriminator.*')).toThrow('would stay as they were initialised: discriminator.main.6.*');
    expect(() => frozen('freezeD', ['cat', 'dog'], { imageSize: 32 })).toThrow('initialised: discriminator.main.[0-1].*');
    expect(() => planTransfer(from, model(['cat', 'dog'], { freeze: 'freezeD' }), { holds: EMA_NETWORKS })).toThrow(
      'discriminator.main.0.*',
    );
    expect(frozen('freezeD,mapping_network.unshared.[01].*,mapping_network.shared.*')).toMatchObject({ newDomains: ['wolf'] });
  });

  it('are weights that are not given, named with what they are for', () => {
    const from = model(['cat', 'dog']);
    const plan = planTransfer(from, from);
    expect(() => transferWeights(plan, {}, 1)).toThrow('transferWeights: weights must hold from_rgb.weight of the generator');
  });

  it('are networks that the weights do not hold: they are new', () => {
    const from = model(['cat', 'dog']);
    const plan = planTransfer(from, from, { holds: EMA_NETWORKS });
    const weights = randomWeights(plan.networks);
    const made = transferWeights(plan, { ...weights, discriminator: {} }, 4);
    const fresh = initialWeights(plan.networks, ['discriminator'], 4);
    for (const [name, tensor] of Object.entries(fresh.discriminator)) expect(read(made.discriminator[name])).toEqual(read(tensor));
    expect(describeTransfer(plan)[1]).toMatch(/^new: 15 tensors, [\d,]+ parameters: discriminator\.main\.\[0-2\]\.\*/);
    [made, weights, fresh].forEach(disposeWeights);
  });
});

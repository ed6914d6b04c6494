import { ConfigError } from '@stargan/config';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smallConfig } from '../testing/small-config.js';
import { describeNames } from './describe-names.js';
import { selectFrozen } from './freeze.js';
import { buildNetworks, type NetworkName, type Networks } from './networks.js';
import { namedParameters } from './reference-names.js';

const networks = buildNetworks(smallConfig({ imageSize: 64 }), 3);

/** The frozen parameters by their names. */
function frozenNames(of: Networks, freeze: string | readonly string[]): string[] {
  const frozen = selectFrozen(of, freeze);
  return namedParameters(of)
    .filter(({ network, key }) => frozen[network]?.has(key) === true)
    .map(({ name }) => name);
}

describe('patterns of parameters', () => {
  it('name parameters as checkpoints do, with characters of any kind or of some', () => {
    expect(frozenNames(networks, 'discriminator.main.0.*')).toEqual(['discriminator.main.0.weight', 'discriminator.main.0.bias']);
    expect(frozenNames(networks, 'mapping_network.shared.?.bias')).toHaveLength(4);
    expect(frozenNames(networks, ['mapping_network.unshared.[02].*'])).toHaveLength(16);
    expect(frozenNames(networks, '*.bias')).toEqual(
      namedParameters(networks).flatMap(({ name }) => (name.endsWith('.bias') ? [name] : [])),
    );
  });

  it('may call networks as configurations do, stand in a list or with commas between, and be none', () => {
    expect(frozenNames(networks, 'mappingNetwork.*')).toEqual(frozenNames(networks, 'mapping_network.*'));
    expect(selectFrozen(networks, ' style_encoder.shared.0.* , generator.from_rgb.*,')).toEqual(
      selectFrozen(networks, ['generator.from_rgb.*', 'style_encoder.shared.0.*']),
    );
    expect([selectFrozen(networks, ''), selectFrozen(networks, [])]).toEqual([{}, {}]);
  });

  it('are taken literally but for their characters', () => {
    fc.assert(
      fc.property(fc.constantFrom(...namedParameters(networks)), ({ name }) => {
        expect(frozenNames(networks, name)).toEqual([name]);
        expect(() => selectFrozen(networks, name.replaceAll('.', '-'))).toThrow('names no parameter');
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['discriminator.blocks.0.*', 'freeze: discriminator.blocks.0.* names no parameter; near it are discriminator.main.[0-4].*'],
    ['generator.decode.9.*', 'freeze: generator.decode.9.* names no parameter; near it are generator.decode.[0-3].*; presets are freezeD'],
    ['unshared.0.*', 'names no parameter; there are generator.from_rgb.*, generator.encode.[0-3].*'],
    ['FreezeD', 'freeze: FreezeD names no parameter'],
    ['main.[', 'freeze: main.[ is no pattern; [ begins a list of characters such as [0-3], which ] ends'],
    ['*', 'freeze: * leaves nothing to train; name fewer parameters'],
    ['constructor', 'freeze: constructor names no parameter'],
  ])('that name nothing or everything are refused: %s', (freeze, message) => {
    expect(() => selectFrozen(networks, freeze)).toThrow(ConfigError);
    expect(() => selectFrozen(networks, freeze)).toThrow(message);
  });
});

describe('freezeD', () => {
  const modules = (imageSize: number, kind: 'branches' | 'projection' | 'labelMaps' | 'patchClassifier' = 'branches'): string => {
    const of = buildNetworks(smallConfig({ imageSize, widthBudget: 1024, discriminator: kind }), 2);
    return describeNames(frozenNames(of, 'freezeD'));
  };

  it('leaves the layers on feature maps of 16×16 and less to train: at 256² the paper’s four of seven frozen', () => {
    expect(modules(256)).toBe('discriminator.main.[0-4].*');
    expect(modules(64)).toBe('discriminator.main.[0-2].*');
    expect(modules(32)).toBe('discriminator.main.[0-1].*');
    expect(modules(16)).toBe('discriminator.main.0.*');
  });

  it('is the same for every kind of trunk, and counts the layers of a patch classifier', () => {
    expect(modules(64, 'projection')).toBe(modules(64));
    expect(modules(64, 'labelMaps')).toBe(modules(64));
    expect(modules(16, 'patchClassifier')).toBe('discriminator.main.0.*');
    expect(modules(64, 'patchClassifier')).toBe('discriminator.main.0.*, discriminator.main.2.*');
    expect(modules(256, 'patchClassifier')).toBe(
      'discriminator.main.0.*, discriminator.main.2.*, discriminator.main.4.*, discriminator.main.6.*',
    );
  });
});

describe('names in a few words', () => {
  it('are modules, in stretches, and counted beyond some', () => {
    const many = buildNetworks(smallConfig(), 60);
    const names = (network: NetworkName): string[] =>
      namedParameters(many).flatMap((each) => (each.network === network ? [each.name] : []));
    expect(describeNames(names('styleEncoder'))).toBe(
      'style_encoder.shared.[0-2].*, style_encoder.shared.4.*, style_encoder.unshared.0.* to style_encoder.unshared.59.*',
    );
    expect(describeNames(names('generator'), 2)).toBe('generator.from_rgb.*, generator.encode.[0-1].* and 3 more');
    expect(describeNames([])).toBe('');
  });
});

import type { NetworkName, Networks } from '../networks/networks.js';

/** What a parameter does, by a name that is the same in networks for other image sizes: `encode@-2.conv1.weight`. */
export type PlaceOf = (network: NetworkName, key: string) => string;

/**
 * The places of parameters. Blocks are counted from the smallest feature maps, which are equally large for every image size, so that a
 * block has the place of that which works at the same resolution, where widths are the same. What takes the image in, and gives it out,
 * belongs to one image size.
 *
 * @param networks whose parameters are placed
 */
export function placesOf(networks: Networks): PlaceOf {
  const generator = generatorPlace(networks);
  const styleEncoder = trunkPlace(networks, 'styleEncoder');
  const discriminator = trunkPlace(networks, 'discriminator');
  return (network, key) => {
    switch (network) {
      case 'mappingNetwork':
        return key;
      case 'generator':
        return generator(key);
      case 'styleEncoder':
        return styleEncoder(key);
      case 'discriminator':
        return discriminator(key);
    }
  };
}

const count = (networks: Networks, network: NetworkName, pattern: RegExp): number =>
  networks[network].specs.filter(({ name }) => pattern.test(name)).length;

/** Two blocks of each half work at the bottleneck, all others halve and double. */
function generatorPlace(networks: Networks): (key: string) => string {
  const levels = count(networks, 'generator', /^encode\.\d+\.conv1\.weight$/) - 2;
  return (key) => {
    const [module, number, ...rest] = key.split('.');
    if (module === 'encode') return [`encode@${Number(number) - levels}`, ...rest].join('.');
    // The decoder begins at the bottleneck: its numbers are places already.
    return module === 'decode' ? key : `${levels}:${key}`;
  };
}

/** Blocks that halve the image down to 4×4, or convolutions that halve it. */
function trunkPlace(networks: Networks, network: 'styleEncoder' | 'discriminator'): (key: string) => string {
  const blocks = count(networks, network, /^(main|shared|trunk)\.\d+\.conv1\.weight$/);
  const halvings = count(networks, network, /^main\.\d+\.weight$/);
  const last = networks[network].specs.find(({ name }) => name === 'conv2.weight');
  return (key) => {
    const [module, number, ...rest] = key.split('.');
    const isTrunk = module === 'main' || module === 'shared' || module === 'trunk';
    if (!isTrunk) return key;
    const i = Number(number);
    if (blocks > 0) return i === 0 ? `${blocks}:${key}` : [`${module}@${i - blocks}`, ...rest].join('.');
    // A classifier of patches, whose last maps have the side of its classifier's kernel.
    const side = last!.shape[0]! * 2 ** (halvings - i / 2);
    return i === 0 ? `${side}:${key}` : [`${module}@${side}`, ...rest].join('.');
  };
}

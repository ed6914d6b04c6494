import { REFERENCE_NAMES, trainingFields, type NetworkName, type SizeConfig } from '@stargan/training';
import type { NetworkTensors } from './reference-file.js';

/** Sizes of networks, as the shapes of their tensors tell them. */
export interface DeducedSizes {
  /** All but the weight of the high-pass skip, which no shape tells. */
  readonly sizes: Omit<SizeConfig, 'highPass'>;
  /** Whether there is a high-pass skip. */
  readonly hasSkip: boolean;
  /** Number of domains. */
  readonly domains: number;
}

/**
 * Sizes that the networks of a file have. Whether all tensors fit them is not looked at here.
 *
 * @param networks with tensors by key: generator, mapping network and style encoder
 * @throws naming what is missing or cannot be
 */
export function deduceSizes(networks: ReadonlyMap<NetworkName, NetworkTensors>): DeducedSizes {
  const length = (network: NetworkName, key: string, axis: number): number => {
    const found = networks.get(network)?.get(key)?.shape[axis];
    if (found === undefined)
      throw new Error(`${REFERENCE_NAMES[network]} has no ${key} with ${axis + 1} axes; the file is not StarGAN v2's`);
    return found;
  };
  const count = (network: NetworkName, pattern: RegExp): number =>
    new Set([...(networks.get(network)?.keys() ?? [])].flatMap((key) => pattern.exec(key)?.[1] ?? [])).size;

  // The style encoder halves images down to 4 × 4.
  const halvings = count('styleEncoder', /^shared\.(\d+)\.conv1\.weight$/);
  const imageSize = 2 ** (halvings + 2);
  const { minimum, maximum } = trainingFields.imageSize;
  if (imageSize < minimum || imageSize > maximum)
    throw new Error(
      `style_encoder has ${halvings} residual blocks, as for images of ${imageSize} × ${imageSize}; they must be from ${minimum} to ${maximum}`,
    );
  const blocks = count('generator', /^encode\.(\d+)\.conv1\.weight$/);
  const plainBlocks = Math.log2(imageSize) - 2;
  if (blocks !== plainBlocks && blocks !== plainBlocks + 1)
    throw new Error(
      `generator has ${blocks} encoder blocks; for images of ${imageSize} × ${imageSize}, as style_encoder has them, it must have ${plainBlocks}, or ${plainBlocks + 1} with a high-pass skip`,
    );
  const first = length('generator', 'from_rgb.weight', 0);
  const deepest = length('styleEncoder', `shared.${halvings + 2}.weight`, 0);
  const isCapped = deepest !== first * 2 ** halvings;
  return {
    sizes: {
      imageSize,
      widthBudget: first * imageSize,
      maxWidth: isCapped ? deepest : Math.max(deepest, trainingFields.maxWidth.default),
      styleDim: length('mappingNetwork', 'unshared.0.6.weight', 0),
      hiddenDim: length('mappingNetwork', 'shared.0.weight', 0),
      latentDim: length('mappingNetwork', 'shared.0.weight', 1),
    },
    hasSkip: blocks === plainBlocks + 1,
    domains: count('mappingNetwork', /^unshared\.(\d+)\.0\.weight$/),
  };
}

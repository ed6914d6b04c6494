import path from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import { capture, selectRuntime, whyNotCaptured } from '@stargan/backend';
import { addWeights, openFeatureNetwork, type FeatureNetworkOptions } from '@stargan/pretrained';
import { addInception } from '@stargan/testing/made-up-weights';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';
import { expect, it } from 'vitest';

const folder = useTemporaryFolder((created) => addInception(addWeights, path.join(created, 'cache'), 'fid'));

it('gives the same features whether passes are replayed or not, and keeps nothing', async () => {
  await selectRuntime({ quiet: true });
  const pictures = [1, 2, 3, 4].map((n) => ({
    width: 20,
    height: 20,
    data: Uint8Array.from({ length: 1200 }, (_, i) => (i * n * 7) % 256),
  }));
  const featuresWith = async (options: FeatureNetworkOptions): Promise<number[][]> => {
    const network = await openFeatureNetwork('fid-pytorch', path.join(folder(), 'cache', 'weights'), options);
    if ('reason' in network) throw new Error(network.reason);
    const features: number[][] = [];
    for (const picture of pictures) features.push(Array.from(await network.features([picture], 20)));
    network.dispose();
    return features;
  };
  const before = memory().numTensors;
  let replayed = 0;
  const compile: FeatureNetworkOptions['compile'] = (f) => {
    const captured = capture(f, { onPlain: () => undefined });
    const dispose = (): void => {
      ({ replayed } = captured.statistics());
      captured.dispose();
    };
    return Object.assign((...given: Parameters<typeof f>) => captured(...given), { dispose });
  };
  expect(await featuresWith({ compile })).toEqual(await featuresWith({}));
  expect(replayed).toBe(whyNotCaptured() === undefined ? 2 : 0);
  expect(memory().numTensors).toBe(before);
});

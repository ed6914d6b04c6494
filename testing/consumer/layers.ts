import * as tf from '@tensorflow/tfjs';
import type { DomainLabels } from '@stargan/layers';
import {
  adain,
  applyPerDomain,
  blockConvolutions,
  checkpointed,
  concatenateLabels,
  conditionalInstanceNorm,
  convolution,
  convolutionMethods,
  DEFAULT_CONVOLUTION,
  downsamplingTrunk,
  fromTorchLayout,
  imageLevels,
  initializeParameters,
  instanceNorm,
  join,
  layerNorm,
  LEAKY_SLOPE,
  levelWidths,
  linear,
  minibatchStdDev,
  multiScaleDiscriminator,
  parameter,
  parameterCount,
  patchDiscriminator,
  requireDomainLabels,
  rowsOfDomains,
  valuesOfDomains,
  requireImage,
  requirePositiveInteger,
  residualBlock,
  spectralNormalization,
  styledResidualBlock,
  torchShape,
  toTorchLayout,
  type BlockConvolutions,
  type ConvolutionStep,
  type LastConvolutionStep,
  type Checkpointing,
  type ConvolutionLayerOptions,
  type ConvolutionMethod,
  type Head,
  type Layer,
  type MinibatchStdDevOptions,
  type MultiScaleDiscriminator,
  type Network,
  type ParameterKind,
  type ParameterSpec,
  type PatchDiscriminatorOptions,
  type PerDomainLayer,
  type ResidualBlockOptions,
  type SpectralNormalization,
  type SpectrallyNormalized,
  type StyledResidualBlockOptions,
  type Trunk,
  type TrunkOptions,
  type WidthOptions,
} from '@stargan/layers';
import * as tfLayers from '@stargan/layers/tf-layers';

const down: ResidualBlockOptions = { inChannels: 3, outChannels: 8, normalize: true, downsample: undefined };
const up: StyledResidualBlockOptions = { inChannels: 8, outChannels: 3, styleDim: 4, upsample: true };
const filter: ConvolutionLayerOptions = { inChannels: 3, outChannels: 3, size: 1 };
const plain: Layer[] = [
  residualBlock('down', down),
  convolution('c', filter),
  instanceNorm('n', { channels: 3, slope: undefined }),
  layerNorm('l', { channels: 3 }),
];
const styled: Layer<[style: tf.Tensor]>[] = [styledResidualBlock('up', up), adain('a', { channels: 8, styleDim: 4, slope: LEAKY_SLOPE })];
const perDomain: PerDomainLayer = conditionalInstanceNorm('d', { channels: 3, domains: 2 });
const checkpointing: Checkpointing = 'blocks';
const block: Layer = checkpointed(residualBlock('down', down), checkpointing);
const specs: ParameterSpec[] = [...plain, ...styled, perDomain].flatMap((layer) => [...layer.specs]);
const parameters = initializeParameters(specs, 777, 'mine');
const image = tf.zeros<tf.Rank.R4>([2, 16, 16, 3]);
const maps: tf.Tensor4D[] = [
  block.apply(parameters, image),
  perDomain.apply(parameters, image, [0, 1]),
  concatenateLabels(image, [0, 1], 2),
  concatenateLabels(image, tf.tensor1d([0, 1], 'int32'), 2),
  minibatchStdDev(image, { groupSize: 2 } satisfies MinibatchStdDevOptions),
];
tf.dispose(maps);

// A spec's shape is one that tfjs takes.
for (const spec of specs) {
  const kind: ParameterKind = spec.kind;
  tf.dispose([
    tf.zeros(spec.shape),
    tf.zeros(torchShape(spec)),
    fromTorchLayout(spec, toTorchLayout(spec, parameter(parameters, spec.name))),
  ]);
  console.log(kind, join('prefix', spec.name), parameterCount([spec]));
}

const patch: PatchDiscriminatorOptions = { width: 8, levels: 1 };
const scales: MultiScaleDiscriminator = multiScaleDiscriminator('', 2, (prefix) => patchDiscriminator(prefix, patch));
tf.dispose(tf.tidy(() => scales.apply(initializeParameters(scales.specs, 1, 'd'), image)));
const spectral: SpectralNormalization = spectralNormalization(scales.specs);
const normalized: SpectrallyNormalized = tf.tidy(() =>
  spectral.apply(initializeParameters(scales.specs, 1, 'd'), spectral.init(1, 'd'), { iterations: 1 }),
);
tf.dispose(normalized);

const widths: WidthOptions = { widthBudget: 128, maxWidth: undefined };
const trunkOptions: TrunkOptions = { imageSize: 16, ...widths };
const trunk: Trunk = downsamplingTrunk('mine', 'main', trunkOptions);
const method: ConvolutionMethod = DEFAULT_CONVOLUTION;
const step: ConvolutionStep = Object.assign((x: tf.Tensor, kernel: tf.Tensor) => blockConvolutions(method).convolve(x, kernel), {
  activates: false,
});
const lastStep: LastConvolutionStep | undefined = convolutionMethods.winograd.convolveThenSum;
const steps: BlockConvolutions = { ...convolutionMethods.fused, convolve: step, convolveThenSum: lastStep };
const network: Network = { specs: trunk.specs, init: (seed) => initializeParameters(trunk.specs, seed, 'mine') };
const heads: Head[] = [(p, x) => linear('h', { inFeatures: 4, outFeatures: 2 }).apply(p, x)];
const perHead: tf.Tensor2D = applyPerDomain(heads, network.init(1), tf.zeros([2, 4]), [0, 0]);
requireDomainLabels('mine', [0], 1, 1);
requireImage('mine', image.shape, 16);
requirePositiveInteger('mine', 'size', 1);
console.log(perHead, steps, imageLevels('mine', 16), levelWidths('mine', 16, 1, widths));

const labels: DomainLabels = tf.oneHot([0, 1], 2);
concatenateLabels(image, labels, 2).dispose();
tf.dispose([
  rowsOfDomains(tf.zeros([2, 3]), Uint8Array.of(0, 1), 2),
  valuesOfDomains(tf.zeros([2, 2]), labels),
  applyPerDomain([...heads, ...heads], {}, tf.zeros([2, 4]), labels),
]);

// In models of tf.layers.
tfLayers.registerTfLayers();
const picture = tf.input({ shape: [16, 16, 3] });
const style = tf.input({ shape: [4] });
const painted = tfLayers.styledResidualBlock({ outChannels: 4, upsample: true }).apply([picture, style]);
const model = tf.model({ inputs: [picture, style], outputs: painted });
const sequential = tf.sequential({
  layers: [tfLayers.patchDiscriminator({ inputShape: [16, 16, 3], width: 4, levels: 1, seed: 1 }), tf.layers.flatten()],
});
model.dispose();
sequential.dispose();

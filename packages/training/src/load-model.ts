import { concat, ready, slice, tensor2d, tidy, zeros } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { FolderSource } from '@stargan/checkpoints';
import type { Compile } from '@stargan/ops';
import { openModel, type OpenedModel, type OpenModelOptions } from './files/open-model.js';
import { latentCodes } from './iteration/batch.js';
import {
  requireImages,
  requireLabel,
  requireOne,
  requirePsi,
  requireRows,
  requireSeed,
  type DomainChoice,
} from './load-model-arguments.js';
import { disposeAll } from './networks/weights.js';
import { compileSampler } from './sampling/compile-sampler.js';
import { imagesTogether } from './sampling/translate.js';
import { averageStyle, truncateStyle } from './sampling/truncation.js';

/** How far styles are drawn towards the mean style of their domain. */
export interface PsiOptions {
  /** 1 (default) leaves a style alone, 0 gives the mean style. */
  readonly psi?: number;
}

/** What images are translated to: one of `style`, `reference` and `seed` is needed. */
export interface TranslateOptions extends PsiOptions {
  /** The target domain; with a `style`, which is of a domain already, it is needed for `psi` alone. */
  readonly to?: DomainChoice;
  /** [1 or n, styleDim], as `encodeStyle` and `mapLatent` give it: one for all images, or one each. */
  readonly style?: Tensor2D;
  /** Images of the target domain whose style is taken, [1 or n, S, S, 3] in [-1, 1]: one for all images, or one each. */
  readonly reference?: Tensor4D;
  /** Seed of the latent code whose style all images get. */
  readonly seed?: number;
}

/** A trained model to translate images with. Several can be there at a time; tensors that its methods give are the caller's. */
export interface Model extends OpenedModel {
  /** Height and width of its images. */
  readonly imageSize: number;
  /** Length of a latent code. */
  readonly latentDim: number;
  /** Length of a style. */
  readonly styleDim: number;
  /**
   * Translates images.
   *
   * @param image [n, S, S, 3] in [-1, 1]
   * @returns [n, S, S, 3], about in [-1, 1]
   */
  translate(image: Tensor4D, options: TranslateOptions): Tensor4D;
  /**
   * The styles of images.
   *
   * @param image [n, S, S, 3] in [-1, 1]
   * @param domain that the images are of
   * @returns [n, styleDim]
   */
  encodeStyle(image: Tensor4D, domain: DomainChoice): Tensor2D;
  /**
   * The styles of latent codes.
   *
   * @param latent [n, latentDim] from N(0, I); or the seed of one such code
   * @param domain that images of these styles are to be of
   * @returns [n, styleDim]
   */
  mapLatent(latent: Tensor2D | number, domain: DomainChoice, options?: PsiOptions): Tensor2D;
  /** Frees the weights; the methods throw from then on. A second call does nothing. */
  dispose(): void;
}

/** How a model is loaded, and how it works. */
export interface LoadModelOptions extends Omit<OpenModelOptions, 'find'> {
  /**
   * Makes translations of small images faster, such as `(f) => capture(f)` with `capture` of `@stargan/backend`; they are the same. By
   * default the generator runs as it is.
   */
  readonly compile?: Compile | undefined;
}

/** Latent codes whose mean style `psi` draws towards, as many as sample grids take. */
const AVERAGED_LATENTS = 10_000;

/**
 * Loads a trained model, in Node.js or a browser.
 *
 * ```js
 * const model = await loadModel('runs/01');
 * const translated = model.translate(image, { to: 'cat', seed: 1 });
 * model.dispose();
 * ```
 *
 * @param source the folder of a run, or of one of its checkpoints: a path (in a browser a URL, also relative to the page), a
 * URL, or the files by name: `config.json` of the run, and a checkpoint's `manifest.json` and `*_ema.safetensors`, beside
 * it or under `checkpoints/0001000/`
 * @param options which checkpoint, how its files are checked, and what compiles its generator
 * @throws naming the file and the fault, such as a checksum that differs or a tensor that is not finite
 */
export async function loadModel(source: FolderSource, { compile, ...options }: LoadModelOptions = {}): Promise<Model> {
  await ready();
  return asModel(await openModel(source, options), compile);
}

/** The methods of a model over what was opened; it owns the weights from now on. */
function asModel(opened: OpenedModel, compile?: Compile): Model {
  const { networks, weights, config, domains } = opened;
  const { imageSize, latentDim } = config;
  const { mappingNetwork, styleEncoder } = networks;
  const compiled = compileSampler(opened, compile);
  const { generator } = compiled.sampler.networks;
  let isDisposed = false;

  const requireLoaded = (method: string): void => {
    if (isDisposed) throw new Error(`${method}: the model was disposed of; load it again`);
  };
  const labels = (count: number, label: number): number[] => Array.from({ length: count }, () => label);
  const codes = (count: number, seed: number, stream: string): Tensor2D =>
    tensor2d(latentCodes(count, latentDim, seed, stream), [count, latentDim]);

  const encode = (image: Tensor4D, label: number): Tensor2D =>
    inPieces(image.shape[0], imageSize, (start, length) =>
      styleEncoder.apply(weights.styleEncoder, slice(image, start, length), labels(length, label)),
    );
  const map = (latent: Tensor2D | number, label: number): Tensor2D => {
    const code = typeof latent === 'number' ? codes(1, latent, 'sample-latent') : latent;
    return mappingNetwork.apply(weights.mappingNetwork, code, labels(code.shape[0], label));
  };
  const truncate = (style: Tensor2D, label: number, psi: number, seed = 0): Tensor2D => {
    if (psi === 1) return style;
    const many = codes(AVERAGED_LATENTS, seed, 'average-latent');
    return truncateStyle(style, averageStyle(mappingNetwork, weights.mappingNetwork, many, label), psi);
  };
  const styleDim = tidy(() => map(zeros([1, latentDim]), 0).shape[1]);

  const chosenStyle = (count: number, { to, style, reference, seed, psi = 1 }: TranslateOptions): Tensor2D => {
    requireOne('translate', { style, reference, seed });
    requirePsi('translate', psi);
    if (style !== undefined) {
      requireRows('translate', 'style', style, styleDim, [1, count]);
      return psi === 1 ? style : truncate(style, requireLabel('translate', to, domains), psi);
    }
    const label = requireLabel('translate', to, domains);
    if (reference === undefined) {
      requireSeed('translate', seed!);
      return truncate(map(seed!, label), label, psi, seed);
    }
    requireImages('translate', 'reference', reference, imageSize, [1, count]);
    return truncate(encode(reference, label), label, psi);
  };

  return {
    ...opened,
    imageSize,
    latentDim,
    styleDim,
    translate(image, options) {
      requireLoaded('translate');
      requireImages('translate', 'image', image, imageSize);
      return tidy(() => {
        const style = chosenStyle(image.shape[0], options);
        const rows = (start: number, length: number): Tensor2D =>
          style.shape[0] === image.shape[0] ? slice(style, start, length) : concat(labels(length, 0).map(() => style));
        return inPieces(image.shape[0], imageSize, (start, length) =>
          generator.apply(weights.generator, slice(image, start, length), rows(start, length)),
        );
      });
    },
    encodeStyle(image, domain) {
      requireLoaded('encodeStyle');
      requireImages('encodeStyle', 'image', image, imageSize);
      const label = requireLabel('encodeStyle', domain, domains);
      return tidy(() => encode(image, label));
    },
    mapLatent(latent, domain, { psi = 1 } = {}) {
      requireLoaded('mapLatent');
      if (typeof latent === 'number') requireSeed('mapLatent', latent);
      else requireRows('mapLatent', 'latent', latent, latentDim);
      requirePsi('mapLatent', psi);
      const label = requireLabel('mapLatent', domain, domains);
      return tidy(() => truncate(map(latent, label), label, psi, typeof latent === 'number' ? latent : undefined));
    },
    dispose() {
      if (isDisposed) return;
      isDisposed = true;
      compiled.dispose();
      disposeAll(...Object.values(weights));
    },
  };
}

/** Applies a network to a few images at a time, so that memory does not grow with their number; within a `tidy`. */
function inPieces<Result extends Tensor>(count: number, size: number, apply: (start: number, length: number) => Result): Result {
  const together = imagesTogether(size);
  const starts = Array.from({ length: Math.ceil(count / together) }, (_, i) => i * together);
  const pieces = starts.map((start) => tidy(() => apply(start, Math.min(together, count - start))));
  return pieces.length === 1 ? pieces[0]! : concat(pieces, 0);
}

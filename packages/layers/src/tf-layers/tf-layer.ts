import { tidy } from '@tensorflow/tfjs-core';
import type { serialization, Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import type { LayerVariable, Shape, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { initializeParameters } from '../initialize.js';
import type { Layer } from '../layer.js';
import { spectralNormalization, type SpectralNormalization } from '../spectral-normalization.js';
import { lastSizes, shapeList } from './input-shapes.js';
import { DEFAULT_SEED, type LayerKind, type WeightOptions } from './layer-kind.js';
import { readOptions } from './options.js';

/** What every layer of tf.layers takes: `name`, `inputShape`, `trainable`, …. */
export type TfLayerArgs = NonNullable<ConstructorParameters<typeof layers.Layer>[0]>;

/** A layer with one output, of whose kind TypeScript knows: tensors make a tensor, symbols a symbol. */
export interface OneOutputLayer extends layers.Layer {
  /**
   * What the layer makes of the inputs of a model.
   *
   * @param inputs symbolic tensors in the order of the layer's inputs; one alone needs no array
   * @param kwargs passed on to the layer's `call`; no layer of this package reads it
   */
  apply(inputs: SymbolicTensor | SymbolicTensor[], kwargs?: Parameters<layers.Layer['apply']>[1]): SymbolicTensor;
  /**
   * What the layer makes of tensors.
   *
   * @param inputs tensors in the order of the layer's inputs; one alone needs no array
   * @param kwargs passed on to the layer's `call`; no layer of this package reads it
   */
  apply(inputs: Tensor | Tensor[], kwargs?: Parameters<layers.Layer['apply']>[1]): Tensor;
}

/** Makes layers of one kind for `tf.sequential` and `tf.model`. */
export interface TfLayer<Options extends object> {
  /**
   * Makes a layer.
   *
   * @param config options of this kind, and those of every layer of tf.layers
   */
  (...config: object extends Options ? [config?: Options & TfLayerArgs] : [config: Options & TfLayerArgs]): OneOutputLayer;
  /** The class, as `tf.serialization.registerClass` takes it. */
  readonly layerClass: serialization.SerializableConstructor<layers.Layer>;
}

// Grows when a configuration that was saved would mean something else.
const VERSION = 1;

// Of tf.layers; `customObjects` is what it adds when it loads a model.
const OTHER_KEYS = [
  'name',
  'trainable',
  'inputShape',
  'batchInputShape',
  'batchSize',
  'dtype',
  'inputDType',
  'weights',
  'customObjects',
  'version',
];

/** What `f` returns; an error of it says which layer it is about. */
function inNameOf<T>(label: string, f: () => T): T {
  try {
    return f();
  } catch (error) {
    throw new Error(`${label}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

const read = (variables: Readonly<Record<string, LayerVariable>>): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(variables).map(([name, variable]) => [name, variable.read()]));

/**
 * Makes a layer of tf.layers from one of ours. Its weights are those of the layer's specs, in their order, then the
 * vectors of spectral normalisation; they are made when the shapes of the inputs are known.
 *
 * @param kind what tells it from the others
 */
export function tfLayer<Options extends object>(kind: LayerKind<Options>): TfLayer<Options> {
  class KindLayer extends layers.Layer {
    /** @nocollapse */
    static readonly className = kind.className;
    readonly #label: string;
    readonly #options: Required<Options>;
    readonly #parameters: Record<string, LayerVariable> = {};
    readonly #vectors: Record<string, LayerVariable> = {};
    #sizes: number[] | undefined;
    #layer: Layer<Tensor[], Tensor> | undefined;
    #spectral: SpectralNormalization | undefined;

    constructor(config: Record<string, unknown> = {}) {
      super(config);
      this.#label = `${kind.name} '${this.name}'`;
      const { version = VERSION } = config;
      if (version !== VERSION) {
        throw new Error(
          `${this.#label}: version must be ${VERSION}, got ${JSON.stringify(version)}; load it with the @stargan/layers that saved it`,
        );
      }
      this.#options = readOptions(this.#label, kind.options, config, OTHER_KEYS);
    }

    override build(inputShape: Shape | Shape[]): void {
      const sizes = lastSizes(this.#label, kind.inputs, shapeList(inputShape));
      const layer = inNameOf(this.#label, () => kind.make(this.#options, ...sizes));
      const { seed = DEFAULT_SEED, spectralNormalization: isSpectral = false } = this.#options as WeightOptions;
      for (const spec of layer.specs) {
        this.#parameters[spec.name] = this.#add(
          spec.name,
          spec.shape,
          true,
          () => initializeParameters([spec], seed, this.name)[spec.name]!,
        );
      }
      if (isSpectral) {
        this.#spectral = spectralNormalization(layer.specs);
        for (const spec of layer.specs.filter(({ kind: role }) => role === 'convolution' || role === 'linear')) {
          const vector = (): Tensor => spectralNormalization([spec]).init(seed, this.name)[spec.name]!;
          this.#vectors[spec.name] = this.#add(`${spec.name}_u`, spec.shape.slice(-1), false, vector);
        }
      }
      this.#sizes = sizes;
      this.#layer = layer;
      super.build(inputShape);
    }

    #add(name: string, shape: readonly number[], trainable: boolean, initial: () => Tensor): LayerVariable {
      // tf.layers would take a file with such a name for one of Keras 3, and find no weight in it.
      if (/^\d/.test(name))
        throw new Error(`${this.#label}: a parameter's name must not begin with a digit, got ${name}; give the layer a prefix`);
      // What tf.layers takes for an initialiser; it skips it where a model is loaded with its weights.
      const initializer = {
        apply: initial,
        getConfig: () => ({}),
        getClassName: () => kind.className,
        fromConfigUsesCustomObjects: () => false,
      };
      return this.addWeight(name, [...shape], 'float32', initializer, undefined, trainable);
    }

    protected override assertInputCompatibility(inputs: Tensor | Tensor[] | SymbolicTensor | SymbolicTensor[]): void {
      const shapes = [inputs].flat().map(({ shape }) => shape as Shape);
      lastSizes(this.#label, kind.inputs, shapes, this.#sizes);
    }

    override computeOutputShape(inputShape: Shape | Shape[]): Shape {
      const shapes = shapeList(inputShape);
      lastSizes(this.#label, kind.inputs, shapes, this.#sizes);
      const [x] = shapes as [Shape, ...Shape[]];
      return kind.outputShape === undefined ? x : inNameOf(this.#label, () => kind.outputShape!(this.#options, x));
    }

    override call(inputs: Tensor | Tensor[], { training }: { training?: unknown }): Tensor {
      const [x, ...rest] = [inputs].flat() as [Tensor, ...Tensor[]];
      return inNameOf(this.#label, () => tidy(() => this.#layer!.apply(this.#weights(training === true), x, ...rest)));
    }

    #weights(training: boolean): Record<string, Tensor> {
      const parameters = read(this.#parameters);
      if (this.#spectral === undefined) return parameters;
      const { weights, state } = this.#spectral.apply(parameters, read(this.#vectors), { iterations: training ? 1 : 0 });
      if (training) for (const [name, vector] of Object.entries(this.#vectors)) vector.write(state[name]!);
      return { ...parameters, ...weights };
    }

    override getConfig(): serialization.ConfigDict {
      return { ...super.getConfig(), version: VERSION, ...(this.#options as serialization.ConfigDict) };
    }
  }
  return Object.assign((config?: Options & TfLayerArgs) => new KindLayer(config as Record<string, unknown> | undefined) as OneOutputLayer, {
    layerClass: KindLayer,
  });
}

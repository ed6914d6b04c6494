import { tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { StoredTensor, TensorSource } from '@stargan/checkpoints';
import type { Constant } from '@stargan/generator';
import { fromTorchLayout, torchShape, toTorchLayout, type ParameterSpec } from '@stargan/layers';

/**
 * Tensors as a file holds them: PyTorch's layout and the reference's keys, each read only when its turn comes.
 *
 * @param prefix put before each key
 */
export function* storedTensors(specs: readonly ParameterSpec[], tensors: Readonly<Record<string, Tensor>>, prefix = ''): Generator<readonly [string, TensorSource]> {
  for (const spec of specs) {
    const data = (): Float32Array => {
      const torch = toTorchLayout(spec, tensors[spec.name]!);
      const values = torch.dataSync<'float32'>();
      torch.dispose();
      return values;
    };
    yield [prefix + spec.name, { dtype: 'F32', shape: torchShape(spec), data }];
  }
}

/** Constants of a network as a file holds them, for the reference's `load_state_dict`; they are passed over when read. */
export function* storedConstants(network: object): Generator<readonly [string, TensorSource]> {
  const { constants = {} } = network as { readonly constants?: Readonly<Record<string, Constant>> };
  for (const [name, { shape, values }] of Object.entries(constants)) yield [name, { dtype: 'F32', shape, data: values }];
}

/**
 * Tensors read from a file, in our layout; the caller owns them.
 *
 * @param origin names the file in messages
 * @throws when a tensor is missing, or its type or shape do not fit the network
 */
export function restoreTensors(
  specs: readonly ParameterSpec[],
  stored: Readonly<Record<string, StoredTensor>>,
  origin: string,
  prefix = '',
): Record<string, Tensor> {
  const restored: Record<string, Tensor> = {};
  try {
    for (const spec of specs) {
      const entry = stored[prefix + spec.name];
      if (entry === undefined) throw new Error(`${origin}: tensor ${prefix + spec.name} is missing; the file belongs to another model`);
      if (!(entry.data instanceof Float32Array)) throw new Error(`${origin}: tensor ${prefix + spec.name} must be F32, got ${entry.dtype}`);
      const torch = tensor(entry.data, [...entry.shape]);
      try {
        restored[spec.name] = fromTorchLayout(spec, torch);
      } catch (error) {
        throw new Error(`${origin}: ${(error as Error).message}; the file belongs to a model of other sizes`, { cause: error });
      } finally {
        torch.dispose();
      }
    }
    return restored;
  } catch (error) {
    for (const owned of Object.values(restored)) owned.dispose();
    throw error;
  }
}

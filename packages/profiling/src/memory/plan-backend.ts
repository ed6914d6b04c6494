import { KernelBackend, util } from '@tensorflow/tfjs-core';
import type { DataType, KernelConfig, KernelFunc, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { FusedOperation } from '@stargan/ops/fused';
import type { Bookkeeping } from './bookkeeping.js';
import { nativeCompositions, type Launcher } from './native-compositions.js';
import type { KernelInputs, ShapeRule } from './shape-rule.js';
import { builtInRules, registeredRules } from './shape-rules/index.js';

/** Name of the backend while a plan is made. */
export const PLAN_BACKEND = 'plan';

/** Backends whose use of memory is known to the byte. */
export type PlannedBackend = 'tensorflow' | 'cpu';

const ARGUMENT_BYTES = 4;

/** The shape rule of a fused operation. */
function ruleOf(operation: FusedOperation): ShapeRule {
  return (inputs, attributes) => {
    const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
    return { outputs: operation.outputShapes(shapes, attributes as Record<string, number>) };
  };
}

/** The kernels of a backend that only accounts for what its tensors would take. */
export function planKernels(books: Bookkeeping, planned: PlannedBackend, fused: readonly FusedOperation[]): KernelConfig[] {
  const kernel = kernelWriter(books);
  const launch = launcherFor(books, planned);
  const launches = { launch, release: ({ dataId }: TensorInfo): void => void books.release(dataId) };
  const rules = { ...builtInRules, ...Object.fromEntries(fused.map((operation) => [operation.kernelName, ruleOf(operation)])) };
  const own = registeredRules();
  const compositions = planned === 'tensorflow' ? Object.entries(nativeCompositions).filter(([name]) => !Object.hasOwn(own, name)) : [];
  const composed = new Set(compositions.map(([name]) => name));
  return [
    ...Object.entries({ ...rules, ...own })
      .filter(([name]) => !composed.has(name))
      .map(([name, rule]) => kernel(name, (inputs, attributes) => launch(rule(inputs, attributes), inputs))),
    ...compositions.map(([name, compose]) => kernel(name, (inputs, attributes) => compose(inputs, attributes, launches))),
    ...sharingKernels(kernel, books, launch, planned),
  ];
}

type KernelWriter = (
  kernelName: string,
  run: (inputs: KernelInputs, attributes: NamedAttrMap) => TensorInfo | TensorInfo[],
) => KernelConfig;

function kernelWriter(books: Bookkeeping): KernelWriter {
  return (kernelName, run) => {
    const kernelFunc: KernelFunc = ({ inputs, attrs }) => {
      const given = withoutAbsent(inputs);
      for (const name in given) books.find(given[name]!.dataId);
      const outputs = run(given, attrs ?? {});
      return Array.isArray(outputs) && outputs.length === 1 ? outputs[0]! : outputs;
    };
    return { kernelName, backendName: PLAN_BACKEND, kernelFunc };
  };
}

/** Inputs that a kernel can do without may be null. */
function withoutAbsent(inputs: Readonly<Record<string, TensorInfo | null | undefined>>): KernelInputs {
  if (!Object.values(inputs).some((input) => input == null)) return inputs as KernelInputs;
  return Object.fromEntries(Object.entries(inputs).filter((entry): entry is [string, TensorInfo] => entry[1] != null));
}

function launcherFor(books: Bookkeeping, planned: PlannedBackend): Launcher {
  return ({ outputs, dtype, arguments: count = 0 }, inputs, shared) => {
    const type: DataType = dtype ?? Object.values(inputs)[0]?.dtype ?? 'float32';
    const infos = outputs.map((shape): TensorInfo => ({ dataId: books.allocate(shape, type, shared), shape: [...shape], dtype: type }));
    // Backends of tensorflow.js itself take axes and sizes as they are; TensorFlow wants tensors.
    books.observe(infos, planned === 'tensorflow' ? count * ARGUMENT_BYTES : 0);
    return infos;
  };
}

/** Kernels whose output is in the memory of their input. */
function sharingKernels(kernel: KernelWriter, books: Bookkeeping, launch: Launcher, planned: PlannedBackend): KernelConfig[] {
  /** The same memory once more, perhaps under another shape or type: no launch. */
  const same = (x: TensorInfo, { shape = x.shape, dtype = x.dtype }: Partial<Pick<TensorInfo, 'shape' | 'dtype'>> = {}): TensorInfo[] => {
    books.retain(x.dataId);
    return [{ dataId: x.dataId, shape, dtype }];
  };
  const reshaped = (x: TensorInfo, shape: number[]): TensorInfo[] =>
    // TensorFlow gives a reshaped tensor the memory of the old one, under an identity of its own.
    planned === 'cpu' || util.arraysEqual(shape, x.shape)
      ? same(x, { shape })
      : launch({ outputs: [shape], arguments: shape.length }, { x }, x.dataId);
  return [
    kernel('Identity', ({ x }) => same(x!)),
    kernel('Cast', ({ x }, attributes) => {
      const dtype = attributes.dtype as DataType;
      const shares = planned === 'cpu' ? !util.hasEncodingLoss(x!.dtype, dtype) : x!.dtype === dtype;
      return shares ? same(x!, { dtype }) : launch({ outputs: [x!.shape], dtype }, { x: x! });
    }),
    kernel('Reshape', ({ x }, attributes) =>
      reshaped(x!, util.inferFromImplicitShape(attributes.shape as number[], util.sizeFromShape(x!.shape))),
    ),
    kernel('ExpandDims', ({ input: x }, { dim }) => {
      const at = Number(dim) < 0 ? x!.shape.length + 1 + Number(dim) : Number(dim);
      const shape = [...x!.shape.slice(0, at), 1, ...x!.shape.slice(at)];
      return planned === 'cpu' ? same(x!, { shape }) : launch({ outputs: [shape], arguments: 1 }, { x: x! }, x!.dataId);
    }),
  ];
}

/** The backend's part beside its kernels: data ids without data. Values read are zeros. */
export function planBackend(books: Bookkeeping): KernelBackend {
  const readSync = (dataId: object): Float32Array | Int32Array | Uint8Array => {
    const { shape, dtype } = books.find(dataId);
    return util.makeZerosTypedArray(util.sizeFromShape([...shape]), dtype as 'float32');
  };
  const backend: Partial<KernelBackend> = {
    readSync,
    read: (dataId) => Promise.resolve(readSync(dataId)),
    write: (_, shape, dtype) => books.allocate(shape, dtype),
    disposeData: (dataId, force) => books.release(dataId, force),
    incRef: (dataId) => books.retain(dataId),
    refCount: (dataId) => books.find(dataId).references,
    numDataIds: () => books.count(),
    memory: () => ({ unreliable: false }),
    floatPrecision: () => 32,
    epsilon: () => 1e-7,
    dispose: () => undefined,
  };
  return Object.assign(new KernelBackend(), backend);
}

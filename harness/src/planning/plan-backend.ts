import {
  getBackend,
  getKernelsForBackend,
  KernelBackend,
  registerBackend,
  registerKernel,
  removeBackend,
  setBackend,
  tidy,
  unregisterKernel,
  util,
} from '@tensorflow/tfjs-core';
import type { DataType, KernelConfig, KernelFunc, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { composedKernels, type Launcher } from './composed-kernels.js';
import { fusedShapeRules, nativeShapeRules } from './fused-shape-rules.js';
import { openLedger, type Ledger, type PeakBytes } from './ledger.js';
import { shapeRules, type Inputs, type ShapeRule } from './shape-rules.js';

const NAME = 'plan';
const ARGUMENT_BYTES = 4;

/** Options of {@link withPlanBackend}. */
export interface PlanBackendOptions {
  /** Names of our own kernels that the planned runtime has; operations compose what is not among them. */
  kernels: readonly string[];
}

/**
 * Runs a piece of work on a backend that computes nothing and allocates nothing: every kernel only says which
 * tensors it would leave, with the memory that native TensorFlow would give them. Values read back are zeros.
 *
 * The backend that was current before is so again afterwards, also when the work fails, and nothing of this one
 * is left: no tensor, no kernel. All of it happens in one turn of the event loop.
 *
 * @param work synchronous; makes all its tensors itself. What it leaves is disposed
 * @returns the most bytes that existed at once during a launch
 * @throws when the work needs a kernel that has no shape rule, naming it
 */
export function withPlanBackend(work: () => void, { kernels }: PlanBackendOptions): PeakBytes {
  const configs = kernelsFor(kernels);
  // Null, against the declared type, before any backend was selected.
  const previous = getBackend() as string | null | undefined;
  const ledger = openLedger();
  registerBackend(NAME, () => backendOf(ledger));
  for (const config of configs(ledger)) registerKernel(config);
  try {
    // A backend that is made at once is selected at once: the promise has nothing to wait for.
    void setBackend(NAME);
    tidy(() => work());
    return ledger.peak();
  } catch (error) {
    throw explain(error);
  } finally {
    for (const { kernelName } of getKernelsForBackend(NAME)) unregisterKernel(kernelName, NAME);
    if (previous != null) void setBackend(previous);
    removeBackend(NAME);
  }
}

function explain(error: unknown): unknown {
  const missing = error instanceof Error ? /kernel '(\w+)' (?:not registered )?for backend 'plan'/i.exec(error.message) : null;
  return missing === null ? error : noRule(missing[1]!);
}

const noRule = (kernel: string): Error =>
  new Error(`planning: kernel ${kernel} has no shape rule; add one to the tables in harness/src/planning`);

function kernelsFor(own: readonly string[]): (ledger: Ledger) => KernelConfig[] {
  const chosen = own.map((name): [string, ShapeRule] => {
    const rule = Object.hasOwn(fusedShapeRules, name) ? fusedShapeRules[name] : undefined;
    if (rule === undefined) throw noRule(name);
    return [name, rule];
  });
  const rules = Object.entries({ ...shapeRules, ...nativeShapeRules, ...Object.fromEntries(chosen) });
  return (ledger) => {
    const launch = launcherFor(ledger);
    const kernel = kernelWriter(ledger);
    return [
      ...rules.map(([name, rule]) => kernel(name, (inputs, attributes) => launch(rule(inputs, attributes), inputs))),
      ...Object.entries(composedKernels).map(([name, compose]) =>
        kernel(name, (inputs, attributes) => compose(inputs, attributes, launch)),
      ),
      ...sharingKernels(kernel, ledger, launch),
    ];
  };
}

type KernelWriter = (kernelName: string, run: (inputs: Inputs, attributes: NamedAttrMap) => TensorInfo[]) => KernelConfig;

function kernelWriter(ledger: Ledger): KernelWriter {
  return (kernelName, run) => {
    const kernelFunc: KernelFunc = ({ inputs, attrs }) => {
      for (const input of Object.values(inputs)) if (input !== undefined) ledger.find(input.dataId);
      const outputs = run(inputs as Inputs, attrs ?? {});
      return outputs.length === 1 ? outputs[0]! : outputs;
    };
    return { kernelName, backendName: NAME, kernelFunc };
  };
}

function launcherFor(ledger: Ledger): Launcher {
  return ({ outputs, dtype, arguments: count = 0 }, inputs, shared) => {
    const type: DataType = dtype ?? Object.values(inputs)[0]?.dtype ?? 'float32';
    const infos = outputs.map((shape): TensorInfo => ({ dataId: ledger.allocate(shape, type, shared), shape: [...shape], dtype: type }));
    ledger.observe(infos, count * ARGUMENT_BYTES);
    return infos;
  };
}

/** Kernels whose output is in the memory of their input. */
function sharingKernels(kernel: KernelWriter, ledger: Ledger, launch: Launcher): KernelConfig[] {
  /** The same tensor once more: no launch. */
  const same = (x: TensorInfo): TensorInfo[] => {
    ledger.retain(x.dataId);
    return [{ dataId: x.dataId, shape: x.shape, dtype: x.dtype }];
  };
  return [
    kernel('Identity', ({ x }) => same(x!)),
    kernel('Cast', ({ x }, { dtype }) =>
      x!.dtype === dtype ? same(x!) : launch({ outputs: [x!.shape], dtype: dtype as DataType }, { x: x! }),
    ),
    kernel('Reshape', ({ x }, attributes) => {
      const shape = util.inferFromImplicitShape(attributes.shape as number[], util.sizeFromShape(x!.shape));
      if (util.arraysEqual(shape, x!.shape)) return same(x!);
      // TensorFlow gives a reshaped tensor the memory of the old one, under an identity of its own.
      return launch({ outputs: [shape], arguments: shape.length }, { x: x! }, x!.dataId);
    }),
  ];
}

function backendOf(ledger: Ledger): KernelBackend {
  const readSync = (dataId: object): Float32Array | Int32Array | Uint8Array => {
    const { shape, dtype } = ledger.find(dataId);
    return util.makeZerosTypedArray(util.sizeFromShape([...shape]), dtype as 'float32');
  };
  const backend: Partial<KernelBackend> = {
    readSync,
    read: (dataId) => Promise.resolve(readSync(dataId)),
    write: (_, shape, dtype) => ledger.allocate(shape, dtype),
    disposeData: (dataId, force) => ledger.release(dataId, force),
    incRef: (dataId) => ledger.retain(dataId),
    refCount: (dataId) => ledger.find(dataId).references,
    numDataIds: () => ledger.count(),
    memory: () => ({ unreliable: false }),
    floatPrecision: () => 32,
    epsilon: () => 1e-7,
    dispose: () => undefined,
  };
  return Object.assign(new KernelBackend(), backend);
}

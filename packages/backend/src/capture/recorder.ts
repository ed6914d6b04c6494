import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, TensorInfo, Variable } from '@tensorflow/tfjs-core';
import { rememberCallSite, type CallSite } from './call-site.js';
import { CaptureError } from './capture-error.js';
import type { Attribute, Binding, CapturingBackend, FunctionBinding } from './native-functions.js';

/** Where a recorded operation or result takes a tensor from. */
export type Source =
  | { readonly from: 'argument'; readonly index: number }
  | { readonly from: 'variable'; readonly index: number }
  | { readonly from: 'outside'; readonly index: number }
  | { readonly from: 'constant'; readonly index: number }
  | { readonly from: 'operation'; readonly index: number; readonly output: number };

/** A tensor made of values of JavaScript. */
export interface RecordedConstant {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: number;
  readonly values: ArrayLike<unknown>;
  readonly site: CallSite;
}

/** A tensor that was there before, and is no argument. */
export interface OutsideTensor {
  readonly id: number;
  readonly site: CallSite;
}

/** An operation that was launched. */
export interface RecordedOperation {
  readonly name: string;
  readonly attributes: readonly Attribute[];
  readonly inputs: readonly Source[];
  readonly outputs: number;
  /** Of its outputs, with four for a value. */
  readonly bytes: number;
  /** In the call that was recorded first, where that launched the same. */
  readonly site: CallSite;
}

/** Whether two operations are of one kind, with as many inputs and outputs. */
export function isSameLaunch(a: Omit<RecordedOperation, 'site'>, b: Omit<RecordedOperation, 'site'>): boolean {
  return a.name === b.name && a.inputs.length === b.inputs.length && a.outputs === b.outputs;
}

/** What a call launched, and where its results came from. */
export interface Recording {
  readonly operations: readonly RecordedOperation[];
  readonly constants: readonly RecordedConstant[];
  readonly outside: readonly OutsideTensor[];
  /** tf.Variables whose values were there when the call began. */
  readonly variables: readonly Variable[];
  /** The variables that the call gave another value. */
  readonly assigned: readonly { readonly variable: Variable; readonly value: Source }[];
  /** Of the tensors of the result. */
  readonly results: readonly Source[];
  /** The call made variables: it is not like those that follow. */
  readonly madeVariables: boolean;
  /** Frees the constants. */
  readonly release: () => void;
}

let active: object | undefined;

/** Whether a call is being recorded: what is captured inside of it runs plainly and becomes a part of it. */
export const isRecording = (): boolean => active !== undefined;

/**
 * Calls `f` and records what it launches. The call is a real one: its results are those of a plain call.
 *
 * @param backend whose launches are recorded
 * @param tensors the tensors among the arguments
 * @param earlier what another call launched, if any: a stack for each of thousands of operations takes a tenth of the time of a recording,
 *   and it need not be taken again where the same is launched
 * @param f gives its result and the tensors in it
 * @throws {CaptureError} when `f` reads a tensor, draws random numbers or returns a promise; whatever `f` throws
 */
export function record<Result>(
  backend: CapturingBackend,
  tensors: readonly Tensor[],
  earlier: readonly RecordedOperation[],
  f: () => { readonly result: Result; readonly tensors: readonly Tensor[] },
): { readonly result: Result; readonly recording: Recording } {
  const { binding } = backend;
  const sources = new Map<number, Source>();
  const variables = Object.values(tf.engine().state.registeredVariables);
  const idOf = (tensor: TensorInfo): number => backend.getInputTensorIds([tensor])[0]!;
  variables.forEach((variable, index) => sources.set(idOf(variable), { from: 'variable', index }));
  tensors.forEach((tensor, index) => {
    const id = idOf(tensor);
    // The first of two arguments that are one tensor; a key of their pattern keeps such calls apart.
    if (sources.get(id)?.from !== 'argument') sources.set(id, { from: 'argument', index });
  });
  const before = new Map(variables.map((variable) => [variable, variable.dataId]));
  const recorder = new Recorder(binding, sources, earlier);
  const random = Math.random;
  active = recorder;
  backend.binding = recorder.recordingBinding();
  Math.random = () => recorder.fail('random numbers are drawn', 'draw them outside and pass them as a tensor');
  try {
    const { result, tensors: resultTensors } = f();
    recorder.throwFailure();
    const results = resultTensors.map((tensor) => recorder.sourceOf(idOf(tensor)));
    const assigned = variables
      .filter((variable) => !variable.isDisposed && variable.dataId !== before.get(variable))
      .map((variable) => ({ variable, value: recorder.sourceOf(idOf(variable)) }));
    const now = Object.values(tf.engine().state.registeredVariables);
    const madeVariables = now.some((variable) => !before.has(variable));
    const { operations, constants, outside } = recorder;
    const release = recorder.handOver();
    return { result, recording: { operations, constants, outside, variables, assigned, results, madeVariables, release } };
  } finally {
    Math.random = random;
    backend.binding = binding;
    active = undefined;
    recorder.freeUnlessHandedOver();
  }
}

class Recorder {
  readonly operations: RecordedOperation[] = [];
  readonly constants: RecordedConstant[] = [];
  readonly outside: OutsideTensor[] = [];
  private readonly deferred: number[] = [];
  private readonly made = new Set<number>();
  private failure: CaptureError | undefined;
  private handedOver = false;

  constructor(
    private readonly binding: FunctionBinding,
    private readonly sources: Map<number, Source>,
    private readonly earlier: readonly RecordedOperation[],
  ) {}

  /** The binding, with launches, new tensors, deletions and reads going through this recorder. */
  recordingBinding(): FunctionBinding {
    const { binding } = this;
    const own: Partial<Binding> = {
      executeOp: (name, attributes, inputs, count) => {
        const from = inputs.map((id) => this.sourceOf(id));
        const outputs = binding.executeOp(name, attributes, inputs, count);
        const bytes = outputs.reduce((sum, { shape }) => sum + 4 * tf.util.sizeFromShape(shape), 0);
        const launch = { name, attributes, inputs: from, outputs: outputs.length, bytes };
        const index = this.operations.length;
        const before = this.earlier[index];
        const site = before !== undefined && isSameLaunch(before, launch) ? before.site : rememberCallSite();
        this.operations.push({ ...launch, site });
        outputs.forEach(({ id }, output) => this.sources.set(id, { from: 'operation', index, output }));
        return outputs;
      },
      createTensor: (shape, dtype, values) => {
        const id = binding.createTensor(shape, dtype, values);
        const copy = ArrayBuffer.isView(values) ? (values as Float32Array).slice() : (values as ArrayLike<unknown>);
        const index = this.constants.push({ id, shape: [...shape], dtype, values: copy, site: rememberCallSite() }) - 1;
        this.sources.set(id, { from: 'constant', index });
        this.made.add(id);
        return id;
      },
      deleteTensor: (id) => {
        // Constants must outlive the call: the function is made of them when it has ended.
        if (this.made.has(id)) this.deferred.push(id);
        else binding.deleteTensor(id);
      },
      tensorDataSync: (id) => {
        if (this.made.has(id)) return binding.tensorDataSync(id);
        return this.fail("a tensor's value is read", 'return the tensor and read it outside');
      },
      runSavedModel: () => this.fail('a saved model is run', 'run it outside and pass its outputs'),
    };
    // Not by assignment: the addon's own properties are read-only, and so are inherited ones.
    return Object.create(binding, Object.getOwnPropertyDescriptors(own)) as FunctionBinding;
  }

  /** Also remembered, since what is thrown inside a promise would not reach the caller. */
  fail(what: string, remedy: string): never {
    this.failure ??= new CaptureError(`${what} inside the captured function, at ${rememberCallSite()()}; ${remedy}`);
    throw this.failure;
  }

  throwFailure(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  sourceOf(id: number): Source {
    const known = this.sources.get(id);
    if (known !== undefined) return known;
    const source: Source = { from: 'outside', index: this.outside.push({ id, site: rememberCallSite() }) - 1 };
    this.sources.set(id, source);
    return source;
  }

  /** Leaves the constants to the caller, who frees them. */
  handOver(): () => void {
    this.handedOver = true;
    return () => {
      this.free();
    };
  }

  freeUnlessHandedOver(): void {
    if (!this.handedOver) this.free();
  }

  private free(): void {
    for (const id of this.deferred.splice(0)) this.binding.deleteTensor(id);
  }
}

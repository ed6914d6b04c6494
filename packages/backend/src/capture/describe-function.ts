import type { FunctionDescription, FunctionOperation, TensorSignature } from './native-functions.js';
import { placesWaitedFor } from './look-ahead.js';
import type { RecordedConstant, Recording, Source } from './recorder.js';

/** Options of how a function is put together. */
export interface FunctionOrder {
  /**
   * How many operations may be under way or waiting for their inputs, in the recorded order, before the first of them has ended:
   * 1 runs them one after another. Default: without limit, as TensorFlow finds them ready.
   */
  readonly lookAhead?: number | undefined;
  /**
   * Outputs, in bytes, up to which more operations than that may be under way: many small ones cost little memory, and find more that can
   * run beside each other. Default 0.
   */
  readonly lookAheadBytes?: number | undefined;
  /** Keeps what is computed twice computed twice, for less memory. Default false: equal operations on equal inputs are merged. */
  readonly keepRepeated?: boolean | undefined;
}

/** A description with what its inputs and outputs stand for. */
export interface DescribedFunction {
  readonly description: FunctionDescription;
  /** What to pass, in this order. */
  readonly inputs: readonly Source[];
  /** The sources that the outputs stand for. */
  readonly outputs: readonly Source[];
}

/** Merging looks at values, which would take long for large tensors. */
const MOST_COMPARED = 64;

/**
 * The operations of a recording that its results depend on, as the description of a function.
 *
 * @param recording its constants must not be released yet
 * @param signature dtype and shape of a source that is an input
 */
export function describeFunction(
  { operations, constants, results, assigned }: Recording,
  signature: (source: Source) => TensorSignature,
  { lookAhead = Infinity, lookAheadBytes = 0, keepRepeated = false }: FunctionOrder,
): DescribedFunction {
  const wanted = [...results, ...assigned.map(({ value }) => value)];
  const outputs = distinct(wanted.filter(({ from }) => from === 'operation' || from === 'constant'));
  const needed = new Set<number>();
  for (const source of outputs) if (source.from === 'operation') needed.add(source.index);
  // Inputs come before the operations that read them.
  for (let i = operations.length - 1; i >= 0; i--) {
    if (needed.has(i)) for (const source of operations[i]!.inputs) if (source.from === 'operation') needed.add(source.index);
  }
  const kept = [...needed].sort((a, b) => a - b);
  const read = distinct([...kept.flatMap((i) => operations[i]!.inputs), ...outputs]);
  const inputs = read.filter(({ from }) => from !== 'operation' && from !== 'constant');
  const merged = mergeEqual(constants, read);

  const numbers = new Map<string, number>(inputs.map((source, i) => [keyOf(source), i]));
  for (const [index, place] of merged.placeOf) numbers.set(keyOf({ from: 'constant', index }), inputs.length + place);
  let next = inputs.length + merged.ids.length;
  for (const index of kept) {
    for (let output = 0; output < operations[index]!.outputs; output++) numbers.set(keyOf({ from: 'operation', index, output }), next++);
  }
  const numberOf = (source: Source): number => numbers.get(keyOf(source))!;
  const waited = placesWaitedFor(
    kept.map((index) => operations[index]!.bytes),
    lookAhead,
    lookAheadBytes,
  );
  const described = kept.map((index, place): FunctionOperation => {
    const { name, attributes, inputs: from, outputs: count } = operations[index]!;
    return {
      name,
      attributes,
      inputs: from.map(numberOf),
      outputs: count,
      after: waited[place]!,
      apart: keepRepeated ? place : -1,
    };
  });
  return {
    description: { inputs: inputs.map(signature), constants: merged.ids, operations: described, outputs: outputs.map(numberOf) },
    inputs,
    outputs,
  };
}

/** Text that tells sources apart. */
export const keyOf = (source: Source): string =>
  `${source.from} ${String(source.index)}${source.from === 'operation' ? `:${String(source.output)}` : ''}`;

const distinct = (sources: readonly Source[]): Source[] => [...new Map(sources.map((source) => [keyOf(source), source])).values()];

/** Places of the constants among those that differ, and the tensors of these. */
function mergeEqual(
  constants: readonly RecordedConstant[],
  read: readonly Source[],
): { readonly placeOf: ReadonlyMap<number, number>; readonly ids: readonly number[] } {
  const placeOf = new Map<number, number>();
  const placeOfContent = new Map<string, number>();
  const ids: number[] = [];
  for (const { from, index } of read) {
    if (from !== 'constant') continue;
    const { id, dtype, shape, values } = constants[index]!;
    const numeric = ArrayBuffer.isView(values) && values.length <= MOST_COMPARED;
    // Zeros of both signs are told apart.
    const content = numeric
      ? `${String(dtype)}[${shape.join()}]${Array.from(values, (value) => (Object.is(value, -0) ? '-0' : String(value))).join()}`
      : `#${String(index)}`;
    const place = placeOfContent.get(content) ?? ids.push(id) - 1;
    placeOfContent.set(content, place);
    placeOf.set(index, place);
  }
  return { placeOf, ids };
}

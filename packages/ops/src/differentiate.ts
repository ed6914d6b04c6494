import { add, clone, engine, ones, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** What tensorflow.js records of one operation. */
interface TapeNode {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputs: readonly Tensor[];
  readonly saved?: readonly Tensor[] | null;
  readonly gradient?: (dys: (Tensor | null)[]) => Record<string, () => Tensor>;
}

/** The outermost computation that is being recorded: what it is differentiated by, and what is known to depend on that. */
interface Recording {
  readonly dependents: Set<number>;
  /** Nodes of the tape that `dependents` accounts for. */
  seen: number;
}

let recording: Recording | undefined;

const activeTape = (): readonly TapeNode[] => (engine().state.activeTape ?? []) as unknown as readonly TapeNode[];

/** True while exactly one computation is being recorded, by {@link differentiate}: its gradient will not be differentiated. */
export function isRecordingOnce(): boolean {
  return recording !== undefined && engine().state.gradientDepth === 1;
}

/** Whether the gradient by this tensor is needed: it is differentiated by, or made of what is. For {@link isRecordingOnce}. */
export function needsGradient(tensor: Tensor): boolean {
  if (recording === undefined) return false;
  const { dependents } = recording;
  const tape = activeTape();
  for (; recording.seen < tape.length; recording.seen++) addDependents(tape[recording.seen]!, dependents);
  return dependents.has(tensor.id);
}

function addDependents({ inputs, outputs }: TapeNode, dependents: Set<number>): boolean {
  if (!Object.values(inputs).some(({ id }) => dependents.has(id))) return false;
  for (const { id } of outputs) dependents.add(id);
  return true;
}

/** The nodes between `xs` and the tensors of these ids, each with the inputs that depend on `xs`; all others give back what they saved. */
function nodesBetween(tape: readonly TapeNode[], xs: readonly Tensor[], ys: ReadonlySet<number>): TapeNode[] {
  const dependents = new Set(xs.map(({ id }) => id));
  const fromX = tape.map((node) => addDependents(node, dependents));
  const leading = new Set(ys);
  const path: TapeNode[] = [];
  for (let i = tape.length - 1; i >= 0; i--) {
    const node = tape[i]!;
    if (!fromX[i] || !node.outputs.some(({ id }) => leading.has(id))) {
      forget(node);
      continue;
    }
    const inputs = Object.fromEntries(Object.entries(node.inputs).filter(([, { id }]) => dependents.has(id)));
    for (const { id } of Object.values(inputs)) leading.add(id);
    path.push({ ...node, inputs });
  }
  return path;
}

function forget({ saved }: TapeNode): void {
  saved?.forEach((tensor) => tensor.dispose());
}

/**
 * Carries the gradients of the outputs, by the outputs' ids, back along the path, last node first. What a node saved,
 * and the gradients of its outputs, are freed once it is done.
 */
function backward(path: readonly TapeNode[], xs: readonly Tensor[], dys: ReadonlyMap<number, Tensor>): Map<number, Tensor> {
  const gradients = new Map(dys);
  const wanted = new Set(xs.map(({ id }) => id));
  for (const node of path) {
    // Some kernels give more gradients than are asked for.
    tidy(() => addGradients(node, gradients));
    forget(node);
    for (const { id } of node.outputs) {
      if (wanted.has(id)) continue;
      gradients.get(id)?.dispose();
      gradients.delete(id);
    }
  }
  return gradients;
}

/** Adds a node's gradients by its inputs to those that are known. @returns the sums */
function addGradients(node: TapeNode, gradients: Map<number, Tensor>): Tensor[] {
  if (node.gradient === undefined) throw new Error(`Cannot compute gradient: gradient function not found for ${node.kernelName}.`);
  const dys = node.outputs.map(({ id }) => gradients.get(id) ?? null);
  const lazy = node.gradient(dys);
  const given: Tensor[] = [];
  for (const [name, x] of Object.entries(node.inputs)) {
    const gradient = lazy[name];
    if (gradient === undefined)
      throw new Error(
        `Cannot backprop through input ${name} of ${node.kernelName}: it has gradients for ${Object.keys(lazy).join(', ') || 'none'}.`,
      );
    const borrowed = [...dys, ...(node.saved ?? []), ...given];
    const dx = tidy(() => {
      const result = gradient();
      // Its memory stays shared, but each tensor is disposed on its own.
      return borrowed.includes(result) ? clone(result) : result;
    });
    if (dx.shape.join() !== x.shape.join())
      throw new Error(
        `The gradient of ${node.kernelName} by ${name} has shape [${dx.shape.join(', ')}], must have that of the input, [${x.shape.join(', ')}].`,
      );
    given.push(dx);
    const before = gradients.get(x.id);
    gradients.set(x.id, before === undefined ? dx : add(before, dx));
    if (before !== undefined) {
      before.dispose();
      dx.dispose();
    }
  }
  return Object.values(node.inputs).map(({ id }) => gradients.get(id)!);
}

/** A computation that was recorded, and its backward pass. */
export interface Recorded {
  /** Outputs of the computation; tensors of the current scope. */
  readonly values: readonly Tensor[];
  /**
   * The gradients by `xs`, in their order: undefined where no output with a gradient depends on one. Tensors of the
   * current scope. It can be called once, since it frees on its way what was recorded.
   *
   * @param dys gradients of the outputs, in their order, consumed; undefined stands for zeros
   */
  backward(dys: readonly (Tensor | undefined)[]): (Tensor | undefined)[];
  /** Frees what is still recorded. */
  dispose(): void;
}

/**
 * Runs `f` and records what its backward pass by `xs` needs. The backward pass takes less memory than that of
 * `engine().gradients`: there, all that was saved and every intermediate gradient lives until the whole pass is over;
 * here, each until it has been used. Only where nothing around it is recorded.
 */
export function recordOnce(f: () => readonly Tensor[], xs: readonly Tensor[]): Recorded {
  const { state } = engine();
  const outer = { tape: state.activeTape, recording };
  let tape: readonly TapeNode[] = [];
  const dispose = (): void => {
    tape.forEach(forget);
    tape = [];
  };
  state.activeTape = [];
  state.gradientDepth = 1;
  recording = { dependents: new Set(xs.map(({ id }) => id)), seen: 0 };
  let values: readonly Tensor[];
  try {
    values = tidy(() => [...f()]);
    tape = activeTape();
  } catch (error) {
    // A computation that fails leaves its tape behind, with every tensor kept for the backward pass that will not come.
    activeTape().forEach(forget);
    throw error;
  } finally {
    state.gradientDepth = 0;
    state.activeTape = outer.tape;
    recording = outer.recording;
  }
  const ids = values.map(({ id }) => id);
  return {
    values,
    backward(dys) {
      const given = new Map<number, Tensor>();
      ids.forEach((id, i) => {
        const [before, dy] = [given.get(id), dys[i]];
        if (dy !== undefined) given.set(id, before === undefined ? dy : add(before, dy));
      });
      try {
        const path = nodesBetween(tape, xs, new Set(given.keys()));
        const gradients = backward(path, xs, given);
        return xs.map(({ id }) => gradients.get(id));
      } finally {
        dispose();
      }
    },
    dispose,
  };
}

/**
 * `f()` and the gradients of `dy · f()` by `xs`, as `engine().gradients` gives them, with the memory of {@link recordOnce}.
 *
 * @param dy default: ones
 * @returns gradients in the order of `xs`, undefined where f() does not depend on one; tensors of the current scope
 */
export function differentiate<Y extends Tensor>(
  f: () => Y,
  xs: readonly Tensor[],
  dy?: Tensor,
): { value: Y; gradients: (Tensor | undefined)[] } {
  const recorded = recordOnce(() => [f()], xs);
  const value = recorded.values[0] as Y;
  return { value, gradients: recorded.backward([dy === undefined ? ones(value.shape) : clone(dy)]) };
}

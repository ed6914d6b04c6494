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

/** The nodes between `xs` and `y`, each with the inputs that depend on `xs`; all others give back what they saved. */
function nodesBetween(tape: readonly TapeNode[], xs: readonly Tensor[], y: Tensor): TapeNode[] {
  const dependents = new Set(xs.map(({ id }) => id));
  const fromX = tape.map((node) => addDependents(node, dependents));
  const leading = new Set([y.id]);
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

/** Carries `dy` back along the path, last node first. What a node saved, and its dy, are freed once it is done. */
function backward(path: readonly TapeNode[], xs: readonly Tensor[], y: Tensor, dy: Tensor): Map<number, Tensor> {
  const gradients = new Map([[y.id, dy]]);
  const wanted = new Set(xs.map(({ id }) => id));
  for (const node of path) {
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
    forget(node);
    for (const { id } of node.outputs) {
      if (wanted.has(id)) continue;
      gradients.get(id)?.dispose();
      gradients.delete(id);
    }
  }
  return gradients;
}

/**
 * `f()` and the gradients of `dy · f()` by `xs`, as `engine().gradients` gives them, with less memory: there, all that
 * was saved and every intermediate gradient lives until the whole backward pass is over; here, each until it has been used.
 * Only where nothing around it is recorded.
 *
 * @param dy default: ones
 * @returns gradients in the order of `xs`, undefined where f() does not depend on one; tensors of the current scope
 */
export function differentiate<Y extends Tensor>(
  f: () => Y,
  xs: readonly Tensor[],
  dy?: Tensor,
): { value: Y; gradients: (Tensor | undefined)[] } {
  const { state } = engine();
  const outer = { tape: state.activeTape, recording };
  state.activeTape = [];
  state.gradientDepth = 1;
  recording = { dependents: new Set(xs.map(({ id }) => id)), seen: 0 };
  let tape: readonly TapeNode[] = [];
  try {
    const value = tidy(f);
    tape = activeTape();
    state.gradientDepth = 0;
    const path = nodesBetween(tape, xs, value);
    const start = dy === undefined ? ones(value.shape) : clone(dy);
    const gradients = backward(path, xs, value, start);
    return { value, gradients: xs.map(({ id }) => gradients.get(id)) };
  } catch (error) {
    // A computation that fails leaves its tape behind, with every tensor kept for the backward pass that will not come.
    activeTape().forEach(forget);
    tape.forEach(forget);
    throw error;
  } finally {
    state.gradientDepth = 0;
    state.activeTape = outer.tape;
    recording = outer.recording;
  }
}

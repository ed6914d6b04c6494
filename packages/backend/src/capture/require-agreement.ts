import { CaptureError } from './capture-error.js';
import { isSameLaunch, type RecordedConstant, type RecordedOperation, type Recording, type Source } from './recorder.js';

/**
 * Fails unless two calls launched the same operations on the same constants: what differs between them would be frozen in
 * a function made of either.
 *
 * @throws {CaptureError} that names the place where they part
 */
export function requireAgreement(first: Recording, second: Recording): void {
  const length = Math.min(first.operations.length, second.operations.length);
  for (let i = 0; i < length; i++) requireSameOperation(first, second, first.operations[i]!, second.operations[i]!);
  if (first.operations.length !== second.operations.length) {
    const longer = first.operations.length > second.operations.length ? first : second;
    const further = longer.operations[length]!;
    throw new CaptureError(
      `one call launched ${String(first.operations.length)} operations and the next ${String(second.operations.length)}, the first beyond the others being ${further.name} at ${further.site()}; a branch that depends on more than the arguments must stay outside`,
    );
  }
  const resultsAgree =
    first.results.length === second.results.length && first.results.every((source, i) => isSame(first, second, source, second.results[i]!));
  const assigned = ({ assigned: all }: Recording): unknown[] => all.map(({ variable }) => variable);
  if (
    !resultsAgree ||
    assigned(first).some((variable, i) => variable !== assigned(second)[i]) ||
    first.assigned.length !== second.assigned.length
  ) {
    throw new CaptureError(
      'two calls gave results, or variables, that come from different operations; the function must do the same in every call',
    );
  }
}

function requireSameOperation(first: Recording, second: Recording, a: RecordedOperation, b: RecordedOperation): void {
  if (!isSameLaunch(a, b)) {
    throw new CaptureError(
      `one call launched ${a.name} at ${a.site()} where the next launched ${b.name} at ${b.site()}; a branch that depends on more than the arguments must stay outside`,
    );
  }
  if (JSON.stringify(a.attributes) !== JSON.stringify(b.attributes)) {
    const of = ({ attributes }: RecordedOperation): string => JSON.stringify(attributes.map(({ name, value }) => [name, value]));
    throw new CaptureError(
      `${a.name} at ${b.site()} had the attributes ${of(a)} in one call and ${of(b)} in the next; what an attribute comes from must be a plain argument of the function`,
    );
  }
  for (const [i, source] of a.inputs.entries()) {
    const other = b.inputs[i]!;
    if (isSame(first, second, source, other)) continue;
    const [before, after] = [constantOf(first, source), constantOf(second, other)];
    if (before !== undefined && after !== undefined) {
      throw new CaptureError(
        `a constant of shape [${after.shape.join(', ')}] made at ${after.site()} was ${describeDifference(before, after)}; pass it as an argument: a tensor, or a number where each value may have a function of its own`,
      );
    }
    throw new CaptureError(
      `input ${String(i)} of ${a.name} at ${b.site()} was ${describe(source)} in one call and ${describe(other)} in the next; pass tensors that are replaced between calls as arguments`,
    );
  }
}

const constantOf = ({ constants }: Recording, source: Source): RecordedConstant | undefined =>
  source.from === 'constant' ? constants[source.index] : undefined;

function isSame(first: Recording, second: Recording, a: Source, b: Source): boolean {
  // A tensor made before both calls gets to the device in the first that uses it.
  if (a.from === 'constant' && b.from === 'outside') return first.constants[a.index]!.id === second.outside[b.index]!.id;
  if (a.from !== b.from) return false;
  switch (a.from) {
    case 'constant':
      return haveSameValues(first.constants[a.index]!, second.constants[b.index]!);
    case 'outside':
      return first.outside[a.index]!.id === second.outside[b.index]!.id;
    case 'variable':
      return first.variables[a.index] === second.variables[b.index];
    case 'argument':
      return a.index === b.index;
    case 'operation':
      return a.index === b.index && b.from === 'operation' && a.output === b.output;
  }
}

function haveSameValues(a: RecordedConstant, b: RecordedConstant): boolean {
  if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join() || a.values.length !== b.values.length) return false;
  for (let i = 0; i < a.values.length; i++) {
    const [one, other] = [a.values[i], b.values[i]];
    // Strings come as arrays of bytes.
    if (!Object.is(one, other) && !(one instanceof Uint8Array && other instanceof Uint8Array && one.join() === other.join())) return false;
  }
  return true;
}

function describeDifference(a: RecordedConstant, b: RecordedConstant): string {
  if (a.shape.join() !== b.shape.join()) return `of shape [${a.shape.join(', ')}] in one call`;
  const place = Array.from({ length: a.values.length }, (_, i) => i).find((i) => !Object.is(a.values[i], b.values[i])) ?? 0;
  return `${String(a.values[place])} in one call and ${String(b.values[place])} in the next${a.values.length > 1 ? ` at place ${String(place)}` : ''}`;
}

function describe(source: Source): string {
  switch (source.from) {
    case 'argument':
      return `argument tensor ${String(source.index)}`;
    case 'outside':
      return 'a tensor from outside';
    case 'operation':
      return `the result of operation ${String(source.index)}`;
    case 'constant':
    case 'variable':
      return `a ${source.from}`;
  }
}

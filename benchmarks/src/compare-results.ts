import { add, getBackend, sqrt, square, squaredDifference, sum, tensor_util, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, TensorContainer } from '@tensorflow/tfjs-core';

/** Far above what float32 loses in any order of operations, far below what another function differs by. */
const TOLERANCE = 1e-3;

/**
 * Checks that two variants compute the same: the root of the summed squares of all differences, relative to that of
 * the expected values. Of all tensors together, since a gradient may be zero by construction; and not of the worst
 * value, since a pixel beside the kink of an activation may lie on either side of it.
 *
 * @throws when the tensors have other numbers or shapes, or differ by more than a thousandth
 */
export function requireSameResult(found: TensorContainer, expected: TensorContainer): void {
  const [actual, wanted] = [found, expected].map((container) => tensor_util.getTensorsInContainer(container)) as [Tensor[], Tensor[]];
  const shapes = (tensors: readonly Tensor[]): string => tensors.map(({ shape }) => `[${shape.join(', ')}]`).join(' ');
  if (shapes(actual) !== shapes(wanted)) throw new Error(`it gives ${shapes(actual)} instead of ${shapes(wanted)}`);
  const [difference, magnitude] = tidy(() => {
    const norm = (squares: readonly Tensor[]): number =>
      sqrt(squares.map((tensor) => sum(tensor)).reduce((total, one) => add(total, one))).dataSync()[0]!;
    return [norm(actual.map((tensor, i) => squaredDifference(tensor, wanted[i]!))), norm(wanted.map((tensor) => square(tensor)))] as const;
  });
  // Not ≤ the other way round: a difference that is no number is one too many.
  if (!(difference <= TOLERANCE * magnitude)) {
    throw new Error(
      `its result differs by ${(difference / magnitude).toExponential(1)}, more than ${TOLERANCE.toExponential(0)} (on the backend ${getBackend()})`,
    );
  }
}

import type { Shape } from '@tensorflow/tfjs-layers';

/** An input of a layer. */
export interface Input {
  /** What errors call it. */
  readonly name: string;
  /** Names of its axes; the size of the last one must be known when the layer is built, and stays. */
  readonly axes: readonly string[];
}

const inBrackets = (sizes: readonly (string | number | null)[]): string => `[${sizes.map((size) => size ?? 'null').join(', ')}]`;

/**
 * The sizes of the inputs' last axes.
 *
 * @param label names the layer in errors
 * @param built the sizes that the layer was built for, when it has been
 * @throws when number, ranks or sizes are not what the layer takes
 */
export function lastSizes(label: string, inputs: readonly Input[], shapes: readonly Shape[], built?: readonly number[]): number[] {
  if (shapes.length !== inputs.length) {
    const names = inputs.map(({ name }) => name);
    throw new Error(`${label}: inputs must be ${names.length === 1 ? names[0] : inBrackets(names)}, got ${shapes.length} of them`);
  }
  return inputs.map(({ name, axes }, i) => {
    const shape = shapes[i]!;
    if (shape.length !== axes.length) throw new Error(`${label}: ${name} must be ${inBrackets(axes)}, got ${inBrackets(shape)}`);
    const size = shape[shape.length - 1]!;
    const expected = built?.[i];
    if (size === null) throw new Error(`${label}: ${axes[axes.length - 1]} of ${name} must be known, got ${inBrackets(shape)}`);
    if (expected !== undefined && size !== expected) {
      throw new Error(
        `${label}: ${axes[axes.length - 1]} of ${name} must be ${expected}, for which the layer was built, got ${inBrackets(shape)}`,
      );
    }
    return size;
  });
}

/** One shape or several, as a list of shapes. */
export function shapeList(shapes: Shape | Shape[]): Shape[] {
  return Array.isArray(shapes[0]) ? (shapes as Shape[]) : [shapes as Shape];
}

/**
 * The shape of a feature map with other `channels`, and each side, where it is known, as `side` makes it.
 *
 * @param x [batch, height, width, channels]
 */
export function featureMap(x: Shape, channels: number, side: (size: number) => number = (size) => size): Shape {
  const [batch, ...sides] = x.slice(0, 3) as [number | null, number | null, number | null];
  return [batch, ...sides.map((size) => (size === null ? null : side(size))), channels];
}

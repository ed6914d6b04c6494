/** @throws RangeError unless `value` is a whole number of at least `minimum`. */
export function requireWhole(where: string, name: string, value: number, minimum: number): void {
  if (!Number.isSafeInteger(value) || value < minimum) {
    throw new RangeError(`${where}: ${name} must be a whole number ≥ ${minimum}, got ${value}`);
  }
}

/** @throws RangeError unless `value` is in [0, 1]. */
export function requireProbability(where: string, name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw new RangeError(`${where}: ${name} must be in [0, 1], got ${value}`);
}

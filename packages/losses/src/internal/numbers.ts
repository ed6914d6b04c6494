/** Fails unless `value` is a finite number ≥ 0. */
export function requireNonNegative(loss: string, name: string, value: number): void {
  if (!Number.isFinite(value) || value < 0) throw new Error(`${loss}: ${name} must be a finite number ≥ 0, got ${String(value)}`);
}

/** Fails unless `value` is a finite number > 0. */
export function requirePositive(loss: string, name: string, value: number): void {
  if (!Number.isFinite(value) || value <= 0) throw new Error(`${loss}: ${name} must be a finite number > 0, got ${String(value)}`);
}

/** Fails unless `value` is a finite number. */
export function requireFinite(loss: string, name: string, value: number): void {
  if (!Number.isFinite(value)) throw new Error(`${loss}: ${name} must be a finite number, got ${String(value)}`);
}

/** Fails unless `value` is a whole number ≥ `least`. */
export function requireWhole(loss: string, name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least)
    throw new Error(`${loss}: ${name} must be a whole number ≥ ${least}, got ${String(value)}`);
}

/** Fails unless `value` is a number from 0 to 1. */
export function requireShare(loss: string, name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw new Error(`${loss}: ${name} must be a number from 0 to 1, got ${String(value)}`);
}

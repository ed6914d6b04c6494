/** Something that was asked for cannot be done as it was asked: an unknown domain, a missing file, an output that is there already. */
export class RequestError extends Error {
  /** Tells it apart from other errors, also where two copies of the package are loaded. */
  override readonly name = 'RequestError';
}

/** @throws RequestError unless it is a whole number within bounds */
export function requireWhole(name: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  const bounds = most === Number.MAX_SAFE_INTEGER ? `≥ ${least}` : `from ${least} to ${most}`;
  throw new RequestError(`${name} must be a whole number ${bounds}, got ${value}`);
}

/** @throws RequestError unless it is one of the choices */
export function requireChoice(name: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return;
  throw new RequestError(`${name} must be ${choices.join(', ').replace(/, (?=[^,]*$)/, ' or ')}, got ${JSON.stringify(value)}`);
}

/** A mistake in what was given for a configuration: a key, a value, a file. */
export class ConfigError extends Error {
  /** Tells it apart from other errors, also where two copies of the package are loaded. */
  override readonly name = 'ConfigError';
}

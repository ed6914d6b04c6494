/** A mistake in what the user asked for: reported without a stack, exit code 2. */
export class UsageError extends Error {
  /** Tells it apart from other errors, also where two copies of the package are loaded. */
  override readonly name = 'UsageError';
}

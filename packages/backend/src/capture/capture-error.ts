/** A function cannot be captured; the message names the place in the user's code and the remedy. */
export class CaptureError extends Error {
  /** `CaptureError`. */
  override name = 'CaptureError';

  /** @param reason what is wrong, where, and what to do */
  constructor(reason: string) {
    super(`capture: ${reason}`);
  }
}

/** Statistics that do not compare with each other, with images, or under the conventions asked for. */
export class StatisticsError extends Error {
  /** Tells it apart from other errors, also where two copies of the package are loaded. */
  override readonly name = 'StatisticsError';
}

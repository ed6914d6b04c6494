/**
 * Applies an asynchronous function to every item, at most `limit` at a time, and keeps the order of the results.
 * After a failure no further item is begun.
 *
 * @param items what the function is applied to, begun in this order
 * @param limit calls that may be pending together, ≥ 1
 * @param apply gets an item and its position, from 0
 */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  limit: number,
  apply: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let failed = false;
  async function work(): Promise<void> {
    while (next < items.length && !failed) {
      const index = next++;
      try {
        results[index] = await apply(items[index]!, index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  return results;
}

/**
 * Does `work` for each item, that of at most `limit` at once, and waits for all that were begun also where one fails.
 *
 * @returns the results in the order of the items
 * @throws what the first failure threw
 */
export async function atMost<Item, Result>(
  limit: number,
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    // An iterator is shared by the workers, so that each takes the next item that none has taken.
    for (const [i, item] of waiting) results[i] = await work(item);
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, worker));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
  return results;
}

/**
 * At most so many items of a list, evenly spread over it.
 *
 * @param items the list
 * @param count how many; 0 for all
 */
export function evenlySpread<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (count === 0 || items.length <= count) return items;
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}

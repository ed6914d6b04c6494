/** Labels of two domains, the smaller first. */
export type DomainPair = readonly [first: number, second: number];

/** Every pair of so many domains. */
export function domainPairs(domains: number): DomainPair[] {
  return Array.from({ length: domains }, (_, first) =>
    Array.from({ length: domains - first - 1 }, (_, i): DomainPair => [first, first + 1 + i]),
  ).flat();
}

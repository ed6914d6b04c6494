/** Writes that training can do without: a failed one is warned of and counted instead of ending the training. */
export interface OptionalWrites {
  /**
   * Performs a write; the first failure under a name is reported as a warning, later ones are counted.
   *
   * @param name of what is written, for the warning
   * @param write performs it
   */
  attempt(name: string, write: () => Promise<unknown>): Promise<void>;
  /** How often each write failed, one line each; empty when none did. */
  summary(): string[];
}

/** @param warn prints a line */
export function optionalWrites(warn: (line: string) => void): OptionalWrites {
  const failures = new Map<string, number>();
  return {
    async attempt(name, write) {
      try {
        await write();
      } catch (error) {
        const count = (failures.get(name) ?? 0) + 1;
        failures.set(name, count);
        if (count === 1)
          warn(`warning: ${name} could not be written: ${(error as Error).message}; training goes on, further failures are counted`);
      }
    },
    summary: () => [...failures].map(([name, count]) => `warning: ${name} could not be written ${count === 1 ? 'once' : `${count} times`}`),
  };
}

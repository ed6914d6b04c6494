/** Lets work begin as memory allows. */
export interface DecodingGate {
  /**
   * Runs `work` once its bytes fit beside those of the work under way, in the order of the calls. Work that is larger
   * than the whole budget runs alone.
   */
  run<T>(bytes: number, work: () => Promise<T>): Promise<T>;
}

/** @param budget bytes that the work under way may take together */
export function decodingGate(budget: number): DecodingGate {
  const waiting: { readonly bytes: number; readonly begin: () => void }[] = [];
  let taken = 0;

  function admit(): void {
    for (let next = waiting[0]; next !== undefined && taken + next.bytes <= budget; next = waiting[0]) {
      waiting.shift();
      taken += next.bytes;
      next.begin();
    }
  }

  return {
    async run(wanted, work) {
      const bytes = Math.min(wanted, budget);
      await new Promise<void>((begin) => {
        waiting.push({ bytes, begin });
        admit();
      });
      try {
        return await work();
      } finally {
        taken -= bytes;
        admit();
      }
    },
  };
}

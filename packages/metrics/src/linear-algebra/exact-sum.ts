/** A sum that stays right to its last digits however much of it cancels. */
export interface ExactSum {
  add(value: number): void;
  total(): number;
}

/** Neumaier's compensated sum (*Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen*, 1974). */
export function exactSum(): ExactSum {
  let sum = 0;
  let lost = 0;
  return {
    add(value) {
      const next = sum + value;
      lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
      sum = next;
    },
    total: () => sum + lost,
  };
}

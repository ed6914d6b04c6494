/** Takes bytes from what a pickle may make of memory. @throws once it is used up */
export type Charge = (bytes: number) => void;

/** Bytes of memory that the values of a pickle may take: a few bytes of pickle can ask for a copy of everything before them. */
const MAX_MADE_BYTES = 256 * 1024 * 1024;

/** About what V8 takes for each kind of value, beside its content. */
export const COST = {
  bytes: 200,
  dict: 260,
  entry: 80,
  global: 300,
  item: 16,
  list: 200,
  long: 64,
  memo: 48,
  opaque: 260,
  storage: 260,
  tensor: 500,
  text: 48,
  tuple: 100,
} as const;

/** A budget of so many bytes, as the function that takes from it. */
export function byteBudget(limit: number = MAX_MADE_BYTES): Charge {
  let left = limit;
  return (bytes) => {
    left -= bytes;
    if (left < 0)
      throw new Error(`the pickle's values would take more than ${String(limit)} bytes of memory; save only the tensors (state_dict())`);
  };
}

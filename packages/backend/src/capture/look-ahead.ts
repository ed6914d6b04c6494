/**
 * For each of some operations, in order, the place that it waits for, if any: the last that is at least `most` places before it, and with
 * at least `bytes` of outputs from there on to it, its own included.
 *
 * @param outputs bytes of each operation's outputs
 * @param most operations that may be under way, whatever their outputs
 * @param bytes of outputs up to which more may be
 */
export function placesWaitedFor(outputs: readonly number[], most: number, bytes: number): number[][] {
  let between = 0;
  let next = 0;
  return outputs.map((own, place) => {
    between += own;
    while (next <= place - most && between >= bytes) between -= outputs[next++]!;
    return next > 0 ? [next - 1] : [];
  });
}

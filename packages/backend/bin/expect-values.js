/** Fails, naming the operation, unless the tensor holds exactly these values. */
export function expectValues(operation, tensor, expected) {
  const values = Array.from(tensor.dataSync());
  if (values.join() !== expected.join()) {
    throw new Error(`${operation} gave ${values.join()} where ${expected.join()} is right`);
  }
}

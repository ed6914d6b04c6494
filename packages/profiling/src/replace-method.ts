/** A method of an object whose types do not matter here. */
export type Method = (...parameters: unknown[]) => unknown;

/** Puts a method in front of an object's own or inherited one; the returned function takes it away again. */
export function replaceMethod(target: object, name: string, wrap: (original: Method) => Method): () => void {
  const own = Object.getOwnPropertyDescriptor(target, name);
  const original = (Reflect.get(target, name) as Method).bind(target);
  Object.defineProperty(target, name, { value: wrap(original), configurable: true, writable: true });
  return () => {
    Reflect.deleteProperty(target, name);
    if (own !== undefined) Object.defineProperty(target, name, own);
  };
}

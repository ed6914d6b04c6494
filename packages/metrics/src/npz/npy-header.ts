/** What the header of a `.npy` file says. */
export interface NpyHeader {
  /** Type of the elements, as it stands there. */
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

/** Parts of Python's literals that a plain array's header is made of: texts, numbers (Python 2's with an L), names, and signs. */
const TOKEN = /\s*(?:[uU]?(?:'([^'\\]*)'|"([^"\\]*)")|(\d{1,15})[lL]?(?![\w.])|(True|False)(?!\w)|([{}(),:]))/y;

type Token =
  | { readonly kind: 'flag'; readonly value: boolean }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'sign' | 'text'; readonly value: string };

const NOT_PLAIN = 'the .npy header is not one that NumPy writes for a plain array';

function* tokens(header: string): Generator<Token> {
  const end = header.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(header);
    if (match === null) throw new Error(NOT_PLAIN);
    const [, single, double, digits, flag, sign] = match;
    const at = TOKEN.lastIndex;
    if (digits !== undefined) yield { kind: 'number', value: Number(digits) };
    else if (flag !== undefined) yield { kind: 'flag', value: flag === 'True' };
    else if (sign !== undefined) yield { kind: 'sign', value: sign };
    else yield { kind: 'text', value: single ?? double ?? '' };
    TOKEN.lastIndex = at;
  }
}

/**
 * Reads the header of a `.npy` file: a dict of Python with `descr`, `fortran_order` and `shape` in any order, which is
 * not run.
 *
 * @throws when it is anything else, or of a structured type
 */
export function parseNpyHeader(header: string): NpyHeader {
  const all = [...tokens(header)];
  let at = 0;
  const next = (): Token | undefined => all[at++];
  const isSign = (token: Token | undefined, value: string): boolean => token?.kind === 'sign' && token.value === value;
  const sign = (value: string): void => {
    if (!isSign(next(), value)) throw new Error(NOT_PLAIN);
  };
  /** A tuple of sizes: `()`, `(2,)`, `(2, 3)`. */
  const shape = (): number[] => {
    sign('(');
    const sizes: number[] = [];
    for (;;) {
      const token = next();
      if (isSign(token, ')')) return sizes;
      if (token?.kind !== 'number') throw new Error(NOT_PLAIN);
      sizes.push(token.value);
      const after = next();
      // A single size needs its comma: without one, Python has a number in brackets.
      if (isSign(after, ')') && sizes.length > 1) return sizes;
      if (!isSign(after, ',')) throw new Error(NOT_PLAIN);
    }
  };
  const fields = new Map<string, boolean | string | readonly number[]>();
  sign('{');
  for (let token = next(); !isSign(token, '}'); token = next()) {
    if (token?.kind !== 'text' || fields.has(token.value)) throw new Error(NOT_PLAIN);
    sign(':');
    const value = all[at];
    if (value?.kind === 'sign') fields.set(token.value, shape());
    else if (value === undefined || value.kind === 'number') throw new Error(NOT_PLAIN);
    else {
      at += 1;
      fields.set(token.value, value.value);
    }
    if (isSign(all[at], ',')) at += 1;
    else if (!isSign(all[at], '}')) throw new Error(NOT_PLAIN);
  }
  const [descr, order, sizes] = ['descr', 'fortran_order', 'shape'].map((key) => fields.get(key));
  if (at !== all.length || fields.size !== 3 || typeof descr !== 'string' || typeof order !== 'boolean' || typeof sizes !== 'object')
    throw new Error(NOT_PLAIN);
  return { descr, fortranOrder: order, shape: sizes };
}

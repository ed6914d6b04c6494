import { COST, type Charge } from './pickle-budget.js';
import {
  describe,
  isComplex,
  isGlobal,
  isOpaque,
  isTuple,
  itemsOf,
  type PickleDict,
  type PickleKey,
  type PickleValue,
} from './pickle-values.js';

/** Longest text that stands for a key which is no text. */
const MAX_KEY_TEXT = 1024;
const MAX_KEY_DEPTH = 8;

/** How Python prints a key, which is the same for equal keys. @throws where it is no key, or too long */
export function keyText(key: PickleValue, depth = 0): string {
  if (depth > MAX_KEY_DEPTH) throw new Error(`the pickle has a dict with a tuple nested more than ${String(MAX_KEY_DEPTH)} deep for a key`);
  const text = printed(key, depth);
  if (text.length > MAX_KEY_TEXT) throw new Error(`the pickle has a dict with a key of more than ${String(MAX_KEY_TEXT)} characters`);
  return text;
}

function printed(key: PickleValue, depth: number): string {
  if (key === null) return 'None';
  if (typeof key === 'boolean') return key ? 'True' : 'False';
  if (typeof key === 'string') return JSON.stringify(key.slice(0, MAX_KEY_TEXT + 1));
  if (typeof key !== 'object') return String(key);
  if (key instanceof Uint8Array) return `b${JSON.stringify(Buffer.from(key.subarray(0, MAX_KEY_TEXT + 1)).toString('latin1'))}`;
  if (isGlobal(key)) return key.name;
  if (isComplex(key)) return `(${String(key.real)}+${String(key.imaginary)}j)`;
  if (isTuple(key) && key.items.length <= MAX_KEY_TEXT) {
    let text = '(';
    for (const item of key.items) {
      if (text.length > MAX_KEY_TEXT) break;
      text += `${keyText(item, depth + 1)}, `;
    }
    return `${text.replace(/, $/, key.items.length === 1 ? ',' : '')})`;
  }
  throw new Error(`the pickle has a dict with ${describe(key)} for a key`);
}

// Keys that are objects here, by what they print as, so that equal ones are one key as in Python.
const objectKeys = new WeakMap<PickleDict, Map<string, PickleKey>>();

function isKey(key: PickleValue): key is PickleKey {
  return (
    !Array.isArray(key) &&
    !(key instanceof Map) &&
    (typeof key !== 'object' ||
      key === null ||
      key instanceof Uint8Array ||
      isTuple(key) ||
      isGlobal(key) ||
      isComplex(key) ||
      isOpaque(key))
  );
}

/** The key that the dict already has for an equal one, or the key itself. Python takes True for 1 and False for 0. */
function sameKey(dict: PickleDict, key: PickleKey): PickleKey {
  if (typeof key === 'boolean') return dict.has(Number(key)) ? Number(key) : key;
  if (key === 0 || key === 1) return dict.has(key === 1) ? key === 1 : key;
  if (key === null || typeof key !== 'object' || isOpaque(key)) return key;
  const known = objectKeys.get(dict) ?? new Map<string, PickleKey>();
  objectKeys.set(dict, known);
  const text = keyText(key);
  const same = known.get(text) ?? key;
  known.set(text, same);
  return same;
}

/** Sets an item as Python does. @throws where the key is of a kind that is no key */
function setItem(dict: PickleDict, key: PickleValue, value: PickleValue, charge: Charge): void {
  if (!isKey(key)) throw new Error(`the pickle has a dict with ${describe(key)} for a key`);
  charge(typeof key === 'object' && key !== null ? COST.entry + 2 * MAX_KEY_TEXT : COST.entry);
  dict.set(sameKey(dict, key), value);
}

/** Sets items from alternating keys and values. */
export function setItems(dict: PickleDict, pairs: readonly PickleValue[], charge: Charge): void {
  if (pairs.length % 2 !== 0) throw new Error('the pickle has a key without a value; the file is damaged');
  for (let i = 0; i < pairs.length; i += 2) setItem(dict, pairs[i] ?? null, pairs[i + 1] ?? null, charge);
}

/** A new dict, empty, as another one is, or from a list of pairs, as OrderedDict, Counter and dict are pickled. */
export function copiedDict(from: PickleValue | undefined, charge: Charge): PickleDict {
  charge(COST.dict);
  const dict: PickleDict = new Map<PickleKey, PickleValue>();
  if (from instanceof Map) {
    for (const [key, value] of from) setItem(dict, key, value, charge);
    return dict;
  }
  const pairs = itemsOf(from);
  if (pairs === undefined && from !== undefined && from !== null) throw new Error(`the pickle makes a dict of ${describe(from)}`);
  for (const pair of pairs ?? []) {
    const items = itemsOf(pair);
    if (items?.length !== 2) throw new Error(`the pickle makes a dict of ${describe(pair)} for a key and a value`);
    setItem(dict, items[0] ?? null, items[1] ?? null, charge);
  }
  return dict;
}

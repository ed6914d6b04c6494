import { describe, expect, test } from 'vitest';
import { call, dict, get, int, list, MARK, name, NONE, pickle, put, text, tuple } from '../testing/raw-pickle.js';
import { byteBudget } from './pickle-budget.js';
import { readPickle, type PickleRules } from './pickle-machine.js';
import { findGlobal } from './python-globals.js';

const RULES: PickleRules = { findGlobal, findPersistent: () => null };
const LIMIT = 500_000;
const COPIES = 200;

/** Something large, put into the memo, and then the same few bytes over and over. */
const repeated = (large: readonly number[], ...copy: readonly (readonly number[])[]): Uint8Array =>
  pickle(large, put(0), MARK, ...Array.from({ length: COPIES }, () => copy.flat()), [0x74]);

const numbers = list(...Array<readonly number[]>(1000).fill(NONE));
const pairs = tuple(...Array.from({ length: 1000 }, (_, i) => tuple(int(i), NONE)));
const python = (member: string): readonly number[] => name('__builtin__', member);

describe('the memory that a pickle makes', () => {
  test.each([
    ['lists of a list', repeated(numbers, call(python('list'), get(0)))],
    ['sets of a list', repeated(numbers, call(python('set'), get(0)))],
    ['frozen sets of a list', repeated(numbers, call(python('frozenset'), get(0)))],
    ['tuples of a list', repeated(numbers, call(python('tuple'), get(0)))],
    ['sizes of a list', repeated(numbers, call(name('torch', 'Size'), get(0)))],
    ['dicts of pairs', repeated(pairs, call(python('dict'), get(0)))],
    ['ordered dicts of pairs', repeated(pairs, call(name('collections', 'OrderedDict'), get(0)))],
    ['default dicts of pairs', repeated(pairs, call(name('collections', 'defaultdict'), NONE, get(0)))],
    ['counters of a dict', repeated(call(python('dict'), pairs), call(name('collections', 'Counter'), get(0)))],
    ['bytes of a text', repeated(text('x'.repeat(10_000)), call(name('_codecs', 'encode'), get(0), text('latin1')))],
    ['bytearrays of a text', repeated(text('x'.repeat(10_000)), call(python('bytearray'), get(0), text('latin-1')))],
    ['empty lists', pickle(MARK, Array<number>(5000).fill(0x5d), [0x74])],
    ['empty dicts', pickle(MARK, Array<number>(5000).fill(0x7d), [0x74])],
    ['empty sets', pickle(MARK, Array<number>(5000).fill(0x8f), [0x74])],
    ['bytes of one byte', pickle(MARK, Array.from({ length: 5000 }, () => [0x43, 1, 0]).flat(), [0x74])],
    ['texts', pickle(MARK, text('x'.repeat(300_000)), [0x74])],
    ['long integers', pickle(MARK, Array.from({ length: 10_000 }, () => [0x8a, 1, 1]).flat(), [0x74])],
    ['names', pickle(MARK, Array.from({ length: 2000 }, () => name('torch', 'float32')).flat(), [0x74])],
    ['values of unknown classes', pickle(MARK, Array.from({ length: 2000 }, () => call(name('argparse', 'Namespace'))).flat(), [0x74])],
    ['the memo', pickle(NONE, Array<number>(12_000).fill(0x94))],
    ['items appended to one list', pickle([0x5d], Array.from({ length: 40_000 }, () => [0x4e, 0x61]).flat())],
    ['keys that are tuples', pickle(dict(...Array.from({ length: 2000 }, (_, i) => [tuple(int(i)), NONE]).flat()))],
  ])('has a limit for %s', (_, bytes) => {
    expect(() => readPickle(bytes, 0, RULES, byteBudget(LIMIT))).toThrow(
      `the pickle's values would take more than ${String(LIMIT)} bytes of memory`,
    );
    expect(() => readPickle(bytes, 0, RULES)).not.toThrow();
  });

  test('is not taken for what the file does not have', () => {
    expect(() => readPickle(Uint8Array.of(0x42, 0xff, 0xff, 0xff, 0xff), 0, RULES, byteBudget(LIMIT))).toThrow('ends in the middle');
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { call, dict, get, int, list, MARK, name, NONE, persistent, pickle, text, tuple } from '../testing/raw-pickle.js';
import { PickleEndsEarly } from './pickle-cursor.js';
import { readPickle, type PickleRules } from './pickle-machine.js';
import { findGlobal } from './python-globals.js';

const RULES: PickleRules = { findGlobal, findPersistent: (id) => ['found', id] };

const read = (bytes: Uint8Array): unknown => readPickle(bytes, 0, RULES).value;
/** A pickle in the characters of Latin-1. */
const latin1 = (characters: string): Uint8Array => Uint8Array.from(Buffer.from(characters, 'latin1'));
const items = (...values: unknown[]) => ({ kind: 'tuple', items: values });

/** As Python writes them; protocols 0 and 1 in characters. */
const UNDERSTOOD: readonly (readonly [what: string, bytes: Uint8Array, value: unknown])[] = [
  [
    'protocol 0: a list of numbers',
    latin1('(lp0\nI1\naI-5\naL12345678901234567890L\naF0.5\naFinf\naI01\naI00\naNa.'),
    [1, -5, 12345678901234567890n, 0.5, Infinity, true, false, null],
  ],
  ['protocol 0: texts', latin1("(S'a\\'b\\n\\x41'\nV\\u00e9\\U0001f600\xe9\nt."), items("a'b\nA", 'é😀é')],
  [
    'protocol 0: a dict',
    latin1("(dp0\nS'a'\np1\nI1\nsS'b'\ng1\ns."),
    new Map([
      ['a', 1],
      ['b', 'a'],
    ] as [string, unknown][]),
  ],
  ['protocol 0: a call of a known class', latin1("ccollections\nOrderedDict\n((lp0\n(lp1\nS'a'\naI1\naatR."), new Map([['a', 1]])],
  ['protocol 1: small and large integers', latin1('(K\xffM\xff\xffJ\xfe\xff\xff\xfft.'), items(255, 65535, -2)],
  ['protocol 1: floats and texts', latin1('(G?\xe0\0\0\0\0\0\0U\x02abT\x01\0\0\0cX\x02\0\0\0\xc3\xa9t.'), items(0.5, 'ab', 'c', 'é')],
  [
    'protocol 1: a class by INST and by OBJ',
    latin1('((icollections\nOrderedDict\n(ccollections\nOrderedDict\not.'),
    items(new Map(), new Map()),
  ],
  ['protocol 2: booleans and short tuples', latin1('\x80\x02\x88\x89\x86N\x85K\x01\x87.'), items(items(true, false), items(null), 1)],
  ['protocol 3: bytes', latin1('\x80\x03(C\x02abB\x01\0\0\0ct.'), items(Uint8Array.of(97, 98), Uint8Array.of(99))],
  [
    'protocol 4: frames, memo, short texts, names from the stack',
    latin1('\x80\x04\x95\x30\0\0\0\0\0\0\0\x8c\x0bcollections\x94\x8c\x0bOrderedDict\x94\x93)\x81\x94.'),
    new Map(),
  ],
  [
    'protocol 4: sets and large items',
    latin1('\x80\x04(\x8f(K\x01K\x02\x90(K\x03\x91\x8d\x01\0\0\0\0\0\0\0d\x8e\x01\0\0\0\0\0\0\0et.'),
    items([1, 2], [3], 'd', Uint8Array.of(101)),
  ],
  ['protocol 4: a call with no named arguments', latin1('\x80\x04ccollections\nOrderedDict\n)}\x92.'), new Map()],
  ['protocol 5: a bytearray', latin1('\x80\x05\x96\x01\0\0\0\0\0\0\0f.'), Uint8Array.of(102)],
  ['values left out, doubled and taken from the memo', latin1('(K\x01K\x020(K\x09K\x091K\x032q\x07h\x07t.'), items(1, 3, 3, 3)],
  ['the attributes of a state dict', pickle(call(name('collections', 'OrderedDict')), dict(text('_metadata'), int(1)), [0x62]), new Map()],
  ['bytes as protocol 2 writes them', pickle(call(name('_codecs', 'encode'), text('é\0'), text('latin1'))), Uint8Array.of(0xe9, 0)],
  ['a default dict', pickle(call(name('collections', 'defaultdict'), name('__builtin__', 'dict'))), new Map()],
  [
    'sizes, devices and dtypes',
    pickle(tuple(call(name('torch', 'Size'), list(int(2), int(3))), call(name('torch', 'device'), text('cuda'), int(1)))),
    items([2, 3], 'cuda:1'),
  ],
  ['what is outside the pickle', pickle(persistent(text('x'))), ['found', 'x']],
  [
    'keys that are numbers',
    pickle(dict(int(0), text('a'), int(1), text('b'))),
    new Map([
      [0, 'a'],
      [1, 'b'],
    ]),
  ],
];

const HOSTILE: readonly (readonly [what: string, bytes: Uint8Array, fault: string])[] = [
  [
    'a function that runs commands',
    pickle(call(name('posix', 'system'), text('echo'))),
    'it names posix.system, which tensors do not need and this reader does not know; nothing was run',
  ],
  ['eval under its new name', pickle(call(name('builtins', 'eval'), text('1'))), 'it names builtins.eval'],
  ['a function by its name on the stack', pickle(text('os'), text('system'), [0x93], text('x'), [0x85, 0x52]), 'it names os.system'],
  ['a function by INST', pickle(MARK, text('x'), [0x69], [...latin1('os\nsystem\n')]), 'it names os.system'],
  ['a name with line breaks and colours', pickle(text('a\n\u001b[31m'), text('b'), [0x93]), 'it names a\\n\\u001b[31m.b'],
  ['a very long name', pickle(name('x'.repeat(10_000), 'y')), `it names ${'x'.repeat(80)}….y`],
  [
    'a call of what is only mentioned',
    pickle(call(name('torch', 'FloatStorage'), int(1))),
    'calls torch.FloatStorage, which is not to be called; nothing was run',
  ],
  ['a call of a text', pickle(call(text('system'), text('x'))), 'calls a string'],
  ['a call with named arguments', pickle(name('torch', 'Size'), tuple(), dict(text('x'), int(1)), [0x92]), 'named arguments'],
  ['arguments that are no tuple', pickle(name('torch', 'Size'), int(1), [0x52]), 'has a number for arguments'],
  ['attributes of a function', pickle(name('torch', 'Size'), dict(), [0x62]), 'sets attributes of torch.Size'],
  ['an extension registry', pickle([0x82, 1]), 'unknown operation 0x82 at byte 2'],
  ['buffers from elsewhere', pickle([0x97]), 'unknown operation 0x97'],
  ['another protocol', Uint8Array.of(0x80, 6, 0x4e, 0x2e), 'protocol 6; known are 0 to 5'],
  ['a value that is not there', pickle(), 'takes more values than it has'],
  ['values from before a mark', pickle(NONE, MARK, [0x85]), 'takes more values than it has'],
  ['a mark that is not there', pickle([0x74]), 'lacks a mark'],
  ['a memo that is not there', pickle(get(3)), 'refers to value 3'],
  ['appending to a tuple', pickle(tuple(), NONE, [0x61]), 'appends to a tuple'],
  ['items of a list', pickle(list(), int(1), int(2), [0x73]), 'sets an item of a list'],
  ['a key without a value', pickle([0x7d], MARK, int(1), [0x75]), 'a key without a value'],
  ['a key that is a list', pickle(dict(list(), int(1))), 'a dict with a list for a key'],
  ['a key that is a tuple of a list', pickle(dict(tuple(list()), int(1))), 'a dict with a list for a key'],
  [
    'a key that is a tuple of tuples of tuples',
    pickle(
      dict(
        Array.from({ length: 9 }).reduce<readonly number[]>((inner) => tuple(inner), tuple()),
        int(1),
      ),
    ),
    'nested more than 8 deep',
  ],
  ['a key that is a tuple of thousands', pickle(dict(tuple(...Array<readonly number[]>(2000).fill(int(1))), int(1))), 'for a key'],
  ['text that is not UTF-8', pickle([0x55, 1, 0xff]), 'not valid UTF-8'],
  ['a length of 2⁶⁴−1', Uint8Array.from([0x8d, ...Array<number>(8).fill(0xff)]), 'an item of 18446744073709551615 bytes'],
  ['an integer of 2 GB', Uint8Array.of(0x8b, 0, 0, 0, 0x80, 0x2e), 'ends in the middle'],
  [
    'an integer of 5,000 bytes',
    Uint8Array.from([0x8b, 0x88, 0x13, 0, 0, ...Array<number>(5000).fill(1), 0x2e]),
    'an integer of 5000 bytes',
  ],
  ['a decimal of a million digits', latin1(`L${'9'.repeat(1_000_000)}L\n.`), 'for an integer'],
  ['words for numbers', latin1('Fconstructor\n.'), 'has "constructor" for a float'],
  ['text without quotes', latin1('Sabc\n.'), 'a text without its quotes'],
];

describe('reading a pickle as data', () => {
  test.each(UNDERSTOOD)('understands %s', (_, bytes, value) => {
    expect(read(bytes)).toEqual(value);
  });

  test('understands long integers of both signs', () => {
    expect(read(Uint8Array.of(0x8a, 0, 0x2e))).toBe(0);
    expect(read(Uint8Array.of(0x8a, 1, 0xff, 0x2e))).toBe(-1);
    expect(read(Uint8Array.of(0x8b, 2, 0, 0, 0, 0, 0x80, 0x2e))).toBe(-32768);
    expect(read(Uint8Array.of(0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0x80, 0, 0x2e))).toBe(2n ** 63n);
  });

  test('says where the pickle ended', () => {
    const bytes = pickle(int(1));
    expect(readPickle(Buffer.concat([bytes, bytes]), bytes.byteLength, RULES).end).toBe(2 * bytes.byteLength);
  });

  test.each(HOSTILE)('refuses %s', (_, bytes, fault) => {
    expect(() => read(bytes)).toThrow(fault);
  });

  test.each(UNDERSTOOD)('knows %s cut short anywhere for what it is', (_, bytes) => {
    for (let length = 0; length < bytes.byteLength; length++) expect(() => read(bytes.slice(0, length))).toThrow(PickleEndsEarly);
  });

  test('ends after millions of steps', () => {
    expect(() => read(new Uint8Array(5_000_000).fill(0x28))).toThrow(/more than 4000000 steps/);
  });

  test('gives an error or a value for any bytes', () => {
    const opcodes = fc.constantFrom(
      ...Array.from(latin1('()012BCFGIJKLMNQRSTUVXabcdeghijlopqrstu}]\x80\x81\x85\x86\x87\x88\x89\x8a\x8c\x8f\x90\x91\x92\x93\x94\x95.')),
    );
    const bytes = fc.array(fc.oneof({ weight: 4, arbitrary: opcodes }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(bytes, (codes) => {
        try {
          readPickle(Uint8Array.from(codes), 0, RULES);
        } catch (error) {
          // A TypeError or RangeError would be a mistake of the machine, not of the bytes.
          expect(error).toBeInstanceOf(Error);
          expect(['Error', 'PickleEndsEarly']).toContain((error as Error).name);
        }
      }),
      { numRuns: 5000 },
    );
  });
});

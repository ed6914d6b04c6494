import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-error.js';
import { count, fraction, type Fields } from './field.js';
import { fieldHelp, fieldTable } from './field-rows.js';
import { keyFinder } from './key-finder.js';
import { parseAssignments } from './parse-assignments.js';
import { fieldFaults, parseFields } from './parse-fields.js';

const fields = {
  size: { kind: 'whole', minimum: 16, maximum: 1024, powerOfTwo: true, default: 256, description: 'Height and width.' },
  epochs: { ...count, minimum: 1, default: 10, description: 'Passes over `data`.' },
  dropout: { ...fraction, below: 1, default: 0.5, description: 'Share that is dropped.' },
  scheme: { kind: 'choice', values: ['adam', 'sgd'], default: 'adam', description: 'Optimiser.' },
} as const satisfies Fields;

describe('values of fields', () => {
  it('have their defaults, and are checked one by one', () => {
    expect(parseFields(fields, { epochs: 3, other: 'x' })).toEqual({ size: 256, epochs: 3, dropout: 0.5, scheme: 'adam' });
    expect(() => parseFields(fields, { epochs: 0 })).toThrow(new ConfigError('epochs: must be ≥ 1, got 0'));
    expect(fieldFaults(fields, { size: 16.5, epochs: 1.5, dropout: 1, scheme: 'none' })).toEqual([
      'size: must be a power of two ≥ 16, got 16.5',
      'epochs: must be a whole number, got 1.5',
      'dropout: must be < 1, got 1',
      'scheme: must be one of "adam"|"sgd", got "none"',
    ]);
    expect(fieldFaults(fields, { size: 8, epochs: Infinity, dropout: [1], scheme: {} })).toEqual([
      'size: must be a power of two ≥ 16, got 8',
      'epochs: must be a finite number, got Infinity',
      'dropout: must be a finite number, got a list',
      'scheme: must be one of "adam"|"sgd", got an object',
    ]);
    expect(fieldFaults(fields, { size: 2048, scheme: 'x'.repeat(100) })).toEqual([
      'size: must be at most 1024, got 2048',
      `scheme: must be one of "adam"|"sgd", got "${'x'.repeat(59)}…`,
    ]);
  });

  it('stand in help and tables', () => {
    expect(fieldHelp(fields)).toEqual([
      '  size     256   Height and width.',
      '  epochs   10    Passes over data.',
      '  dropout  0.5   Share that is dropped.',
      '  scheme   adam  Optimiser.',
    ]);
    expect(fieldTable(fields).split('\n')[2]).toBe('| `size` | 256 | power of two, 16 to 1024 | Height and width. |');
  });
});

describe('a flag', () => {
  const flags = { shown: { kind: 'flag', default: true, description: 'Shown.' } } as const satisfies Fields;

  it('is true or false, and nothing that looks like it', () => {
    expect([parseFields(flags, {}), parseFields(flags, { shown: false })]).toEqual([{ shown: true }, { shown: false }]);
    expect(['false', 0, null].flatMap((value) => fieldFaults(flags, { shown: value }))).toEqual([
      'shown: must be true or false, got "false"',
      'shown: must be true or false, got 0',
      'shown: must be true or false, got null',
    ]);
    expect(fieldTable(flags).split('\n')[2]).toBe('| `shown` | true | true, false | Shown. |');
  });
});

describe('a text', () => {
  const texts = {
    label: { kind: 'text', default: '', description: 'What it is called.' },
    unit: { kind: 'text', default: 'px', description: 'Unit.' },
  } as const satisfies Fields;

  it('is any text, and nothing else', () => {
    expect(parseFields(texts, { label: 'a, b' })).toEqual({ label: 'a, b', unit: 'px' });
    expect([1, true, null, ['a']].flatMap((value) => fieldFaults(texts, { label: value }))).toEqual([
      'label: must be a text, got 1',
      'label: must be a text, got true',
      'label: must be a text, got null',
      'label: must be a text, got a list',
    ]);
    expect(fieldTable(texts).split('\n').slice(2)).toEqual([
      '| `label` | none | text | What it is called. |',
      '| `unit` | `px` | text | Unit. |',
    ]);
  });
});

describe('assignments', () => {
  it('are numbers as people write them, JSON, or texts', () => {
    expect(parseAssignments(['a=.5', 'b= +2. ', 'c=true', 'd=x=y', 'e=[1]'])).toEqual({ a: 0.5, b: 2, c: true, d: 'x=y', e: [1] });
  });

  it('are refused without a key or a value', () => {
    expect(() => parseAssignments(['batch'])).toThrow(new ConfigError('--set takes key=value, got batch'));
    expect(() => parseAssignments(['batch= '], '-o')).toThrow(new ConfigError('-o batch=  gives no value; was a shell variable unset?'));
  });
});

describe('a name that is no key', () => {
  const keys = keyFinder(['learningRate', 'batch'], { lr: 'learningRate', bs: 'batch' });

  it('is found in another spelling or by another name, and else the nearest is suggested', () => {
    expect(['LEARNING_RATE', 'lr', 'Bs', 'constructor', 'bach'].map((name) => keys.find(name))).toEqual([
      'learningRate',
      'learningRate',
      'batch',
      undefined,
      undefined,
    ]);
    expect(keys.suggest('bach')).toBe('batch');
  });
});

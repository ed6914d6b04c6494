import { describe, expect, it } from 'vitest';
import { DATA_CLASS_TENSOR, DT_STRING, encodeEvent, type Event, SESSION_START } from './messages.js';

// Made by the messages of TensorBoard 2.21.0 itself: Event(…).SerializeToString(deterministic=True).hex().
const CASES: readonly [string, Event, string][] = [
  [
    'numbers, one of them 0',
    {
      wallTime: 1.5,
      step: 300,
      summary: {
        value: [
          { tag: 'a', simpleValue: 0 },
          { tag: 'b/c', simpleValue: -2.5 },
        ],
      },
    },
    '09000000000000f83f10ac022a160a080a016115000000000a0a0a03622f6315000020c0',
  ],
  [
    'a picture',
    {
      wallTime: 2,
      step: 7,
      summary: { value: [{ tag: 'i', image: { height: 3, width: 200, colorspace: 3, encodedImageString: Uint8Array.of(1, 2) } }] },
    },
    '09000000000000004010072a120a100a0169220b080310c801180322020102',
  ],
  [
    'a text',
    {
      wallTime: 2,
      summary: {
        value: [
          {
            tag: 't',
            metadata: { pluginData: { pluginName: 'text' }, dataClass: DATA_CLASS_TENSOR },
            tensor: { dtype: DT_STRING, tensorShape: { dim: [{ size: 1 }] }, stringVal: [new TextEncoder().encode('ψ')] },
          },
        ],
      },
    },
    '0900000000000000402a1f0a1d0a0174420c08071204120208014202cf884a0a0a060a04746578742002',
  ],
  ['a session that starts at a step', { wallTime: 2, step: 60, sessionLog: { status: SESSION_START } }, '090000000000000040103c3a020801'],
  [
    'the version of the file',
    { wallTime: 2, fileVersion: 'brain.Event:2', sourceMetadata: { writer: 'w' } },
    '0900000000000000401a0d627261696e2e4576656e743a3252030a0177',
  ],
];

describe('an event', () => {
  it.each(CASES)('has the bytes that TensorBoard gives it: %s', (_, event, expected) => {
    expect(Buffer.from(encodeEvent(event)).toString('hex')).toBe(expected);
  });
});

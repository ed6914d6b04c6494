import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nameOfBytes, pathBytes, printablePath } from './path-names.js';

const bytesOf = (path: string): Buffer => Buffer.from(pathBytes(path));

describe('nameOfBytes', () => {
  test('reads UTF-8 as it is', () => {
    expect(nameOfBytes(Buffer.from('größe 犬 🐕.png'))).toBe('größe 犬 🐕.png');
    expect(pathBytes('größe 犬 🐕.png')).toBe('größe 犬 🐕.png');
  });

  test('keeps the bytes of any name', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect([...bytesOf(nameOfBytes(Buffer.from(bytes)))]).toEqual([...bytes]);
      }),
      { seed: 1 },
    );
  });

  test('keeps valid characters between bytes of another encoding', () => {
    const bytes = Buffer.concat([Buffer.from('é'), Buffer.of(0xe9), Buffer.from('犬'), Buffer.of(0xb0, 0xa1)]);
    const name = nameOfBytes(bytes);
    expect(name).toBe('é\udce9犬\udcb0\udca1');
    expect(bytesOf(`/data/${name}/1.png`)).toEqual(Buffer.concat([Buffer.from('/data/'), bytes, Buffer.from('/1.png')]));
  });
});

describe('printablePath', () => {
  test('shows foreign bytes and control characters as hexadecimal numbers', () => {
    expect(printablePath('caf\udce9.png')).toBe(String.raw`caf\xe9.png`);
    expect(printablePath('a\n\u001b[2J.png')).toBe(String.raw`a\x0a\x1b[2J.png`);
    expect(printablePath('größe 🐕')).toBe('größe 🐕');
  });
});

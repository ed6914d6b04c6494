import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { valuesOf } from '../testing/arbitraries.js';
import { useFolder } from '../testing/folders.js';
import { dict, pickle, storage, tensor, text } from '../testing/raw-pickle.js';
import { rawZip, zipFile } from '../testing/raw-zip.js';
import { openPyTorchFile, readPyTorchTensors, type PyTorchOptions } from './open-pytorch-file.js';

const path = useFolder();
const value = pickle(dict(text('w'), tensor(storage('FloatStorage', '0', 2), 0, [2], [1])));
const data = new Uint8Array(Float32Array.of(1, 2).buffer);
const good = zipFile(value, { 0: data });

async function read(bytes: Uint8Array, options?: PyTorchOptions): Promise<unknown> {
  await writeFile(path('file.pt'), bytes);
  return valuesOf((await readPyTorchTensors(path('file.pt'), options)).w);
}

function little(value: bigint | number, width: 2 | 4 | 8): number[] {
  return Array.from({ length: width }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 0xffn));
}
const end = (count: number, size: number, offset: number): number[] => [
  ...little(0x06054b50, 4),
  0,
  0,
  0,
  0,
  ...little(count, 2),
  ...little(count, 2),
  ...little(size, 4),
  ...little(offset, 4),
  0,
  0,
];
const locator = (offset: bigint): number[] => [...little(0x07064b50, 4), 0, 0, 0, 0, ...little(offset, 8), 1, 0, 0, 0];
const end64 = (count: bigint, size: number, offset: bigint): number[] => [
  ...little(0x06064b50, 4),
  ...little(44, 8),
  45,
  0,
  45,
  0,
  ...little(0, 8),
  ...little(count, 8),
  ...little(count, 8),
  ...little(size, 8),
  ...little(offset, 8),
];
const HEAD = [...little(0x04034b50, 4)];
const ABSENT = [2n ** 31n, 2n ** 53n, 2n ** 60n, 2n ** 64n - 1n];

/** An entry of the table of contents whose own header is at this offset. */
function entryAt(method: number, offset: bigint, size = 4n): number[] {
  const name = [...Buffer.from('a/data.pkl')];
  const extra = [1, 0, 24, 0, ...little(size, 8), ...little(size, 8), ...little(offset, 8)];
  return [
    ...little(0x02014b50, 4),
    45,
    0,
    45,
    0,
    0,
    0,
    ...little(method, 2),
    0,
    0,
    0x21,
    0,
    0,
    0,
    0,
    0,
    ...Array<number>(8).fill(0xff),
    ...little(name.length, 2),
    ...little(extra.length, 2),
    ...Array<number>(10).fill(0),
    ...Array<number>(4).fill(0xff),
    ...name,
    ...extra,
  ];
}

describe('whatever the records at the end of an archive say, there is an answer', () => {
  const cases: (readonly [string, number[]])[] = ABSENT.flatMap((offset): (readonly [string, number[]])[] => [
    [`a locator of byte ${String(offset)}`, [...HEAD, ...locator(offset), ...end(0, 0, 0)]],
    [
      `a table of contents at byte ${String(offset)}`,
      [...HEAD, ...end64(1n, 46, offset), ...locator(4n), ...end(0xffff, 0xffffffff, 0xffffffff)],
    ],
    [`a count of ${String(offset)} entries`, [...HEAD, ...end64(offset, 46, 4n), ...locator(4n), ...end(0xffff, 0xffffffff, 0xffffffff)]],
    ...[0, 8].flatMap((method): (readonly [string, number[]])[] => [
      [
        `an entry at byte ${String(offset)}, method ${String(method)}`,
        [...HEAD, ...entryAt(method, offset), ...end(1, entryAt(method, offset).length, 4)],
      ],
      [
        `an entry of ${String(offset)} bytes, method ${String(method)}`,
        [...HEAD, ...entryAt(method, 0n, offset), ...end(1, entryAt(method, 0n).length, 4)],
      ],
    ]),
  ]);
  test.each(cases)('%s', async (_, bytes) => {
    await expect(read(Uint8Array.from(bytes))).rejects.toThrow(/^readPyTorchTensors: .*file\.pt: .*(get it again|raise maxBytes|claims)/);
  });

  test('no end record at all', async () => {
    await expect(read(Uint8Array.from([...HEAD, ...Array<number>(100).fill(0)]))).rejects.toThrow('it has no end record');
  });

  test.runIf(process.platform === 'linux')('and no file stays open', async () => {
    const openFiles = (): number => readdirSync('/proc/self/fd').length;
    const before = openFiles();
    for (const [, bytes] of cases) await read(Uint8Array.from(bytes)).catch(() => undefined);
    for (let length = 4; length < good.byteLength; length += 7) await read(good.slice(0, length)).catch(() => undefined);
    expect(openFiles()).toBe(before);
  });
});

describe('archives as torch.load takes them', () => {
  test.each([1, 100, 4000])('with %i bytes of zeros after their end', async (count) => {
    expect(await read(Buffer.concat([good, new Uint8Array(count)]))).toEqual([1, 2]);
  });

  test('without sums, or with stale ones where that is asked for', async () => {
    const withSum = (crc: number): Uint8Array =>
      rawZip([
        { name: 'a/data.pkl', content: value },
        { name: 'a/data/0', content: data, crc },
      ]);
    expect(await read(withSum(0))).toEqual([1, 2]);
    await expect(read(withSum(1))).rejects.toThrow(/"a\/data\/0" .*CRC-32 differs.*changed in place.*sums: 'ignore'/);
    expect(await read(withSum(1), { sums: 'ignore' })).toEqual([1, 2]);
  });
});

test.runIf(process.platform === 'linux')('a named pipe is refused instead of waited for', async () => {
  const { execFileSync } = await import('node:child_process');
  execFileSync('mkfifo', [path('pipe')]);
  await expect(openPyTorchFile(path('pipe'))).rejects.toThrow('this is not a file');
});

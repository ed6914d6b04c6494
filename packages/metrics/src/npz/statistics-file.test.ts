import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { featureStatistics } from '../statistics.js';
import { NUMPY_ARCHIVES } from '../testing/numpy-archives.js';
import { normalFeatures } from '../testing/random-features.js';
import { formatNpy, parseNpy } from './npy.js';
import { formatNpyText } from './npy-text.js';
import { readStatistics, writeStatistics } from './statistics-file.js';
import { openZip } from './zip-reader.js';
import { formatZip } from './zip-writer.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'statistics-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const file = (name: string): string => path.join(folder, name);

/** Reads bytes as a file. */
async function readBytes(bytes: Uint8Array): ReturnType<typeof readStatistics> {
  await writeFile(file('given.npz'), bytes);
  return readStatistics(file('given.npz'));
}

const mu = formatNpy({ shape: [2], data: Float64Array.of(1, 2) });
const sigma = formatNpy({ shape: [2, 2], data: Float64Array.of(2, 0.5, 0.5, 1) });

/** A `.npy` file whose header is this text. */
function npyWithHeader(header: string, data: Uint8Array = Buffer.alloc(16)): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), length, Buffer.from(header, 'latin1'), data]);
}

describe('statistics files', () => {
  test('come back as they were written, with the count and without', async () => {
    const statistics = await featureStatistics(normalFeatures(30, 7, 1));
    await writeStatistics(file('a.npz'), statistics);
    expect(await readStatistics(file('a.npz'))).toEqual(statistics);
    const { mean, covariance } = statistics;
    await writeStatistics(file('a.npz'), { mean, covariance });
    expect(await readStatistics(file('a.npz'))).toEqual({ mean, covariance });
    expect(await readdir(folder)).not.toContain('a.npz.partial');
  });

  test('keep what else is known of them', async () => {
    const whole = {
      mean: Float64Array.of(1),
      covariance: Float64Array.of(2),
      count: 3,
      convention: 'fid-stargan2',
      imageSize: 256,
      weights: 'ä😀'.repeat(20),
    };
    await writeStatistics(file('whole.npz'), whole);
    expect(await readStatistics(file('whole.npz'))).toEqual(whole);
    const text = formatNpyText('fid-clean');
    // Data begin at a multiple of 64, as NumPy writes them.
    expect(text.length).toBe(128 + 4 * 'fid-clean'.length);
    expect(text.toString('latin1', 10, 128)).toMatch(/^\{'descr': '<U9', 'fortran_order': False, 'shape': \(\), \} +\n$/);
    const archive = (convention: Buffer): Buffer => formatZip({ 'mu.npy': mu, 'sigma.npy': sigma, 'convention.npy': convention });
    expect(await readBytes(archive(text))).toMatchObject({ convention: 'fid-clean' });
    for (const damaged of [
      mu,
      text.subarray(0, text.length - 4),
      Buffer.from('text'),
      Buffer.concat([text.subarray(0, -4), Buffer.alloc(4, 0xff)]),
    ]) {
      await expect(readBytes(archive(damaged))).rejects.toThrow(/given\.npz: convention: this is not/);
    }
  });

  test('keep every bit of a value, and equal statistics give equal bytes', async () => {
    const value = fc.double({ noNaN: true, noDefaultInfinity: true });
    await fc.assert(
      fc.asyncProperty(fc.tuple(value, value), fc.tuple(value, value, value, value), async (mean, covariance) => {
        const statistics = { mean: Float64Array.from(mean), covariance: Float64Array.from(covariance) };
        await writeStatistics(file('bits.npz'), statistics);
        expect(await readStatistics(file('bits.npz'))).toEqual(statistics);
        const bytes = await readFile(file('bits.npz'));
        await writeStatistics(file('bits.npz'), statistics);
        expect(await readFile(file('bits.npz'))).toEqual(bytes);
      }),
      { numRuns: 30 },
    );
  });

  test.each(['savez', 'savez_compressed'] as const)('of NumPy’s %s are read', async (kind) => {
    expect(await readBytes(NUMPY_ARCHIVES[kind])).toEqual({ mean: Float64Array.of(1.5, -2), covariance: Float64Array.of(2, 0.5, 0.5, 1) });
  });

  test('in float32 and in Fortran order are read', async () => {
    expect(await readBytes(NUMPY_ARCHIVES['float32 and Fortran order'])).toEqual({
      mean: Float64Array.of(1.5, -2),
      covariance: Float64Array.of(2, 0.5 + 1e-9, 0.5, 1),
    });
  });

  const HALVES = (count: number): Buffer => Buffer.from(Uint16Array.from({ length: count }, () => 0x3e00).buffer);
  const swapped = (data: Uint8Array): Uint8Array => Buffer.from(Uint8Array.from(data)).swap64();
  const doubles = (...values: number[]): Buffer => Buffer.from(Float64Array.from(values).buffer);
  const plain = (descr: string, shape: string): string => `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }\n`;

  test.each([
    ['keys in another order', "{'shape': (2,), 'fortran_order': False, 'descr': '<f8'}", doubles(1.5, 1.5)],
    ['double quotes', '{"descr": "<f8", "fortran_order": False, "shape": (2,)}', doubles(1.5, 1.5)],
    ['Python 2’s numbers and texts', "{u'descr': '<f8', 'fortran_order': False, 'shape': (2L,), }", doubles(1.5, 1.5)],
    ['the machine’s own order', plain('=f8', '2,'), doubles(1.5, 1.5)],
    ['the type’s name', plain('float64', '2,'), doubles(1.5, 1.5)],
    ['big endian', plain('>f8', '2,'), swapped(doubles(1.5, 1.5))],
    ['half precision', plain('<f2', '2,'), HALVES(2)],
    ['a row', plain('<f8', '1, 2'), doubles(1.5, 1.5)],
    ['a column in Fortran order', "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 1), }", doubles(1.5, 1.5)],
    ['line feeds in the header', "{'descr': '<f8',\n 'fortran_order': False,\n 'shape': (2 ,) }", doubles(1.5, 1.5)],
  ])('as NumPy reads them: %s', async (_, header, data) => {
    expect(await readBytes(formatZip({ 'mu.npy': npyWithHeader(header, data), 'sigma.npy': sigma }))).toEqual({
      mean: Float64Array.of(1.5, 1.5),
      covariance: Float64Array.of(2, 0.5, 0.5, 1),
    });
  });

  test.each([
    ['<i4', Buffer.from(Int32Array.of(7).buffer)],
    ['>i2', Buffer.from([0, 7])],
    ['|u1', Buffer.from([7])],
    ['<u8', Buffer.from(BigUint64Array.of(7n).buffer)],
    ['<f8', doubles(7)],
  ])('with a count in %s', async (descr, data) => {
    const count = npyWithHeader(plain(descr, ''), data);
    expect(await readBytes(formatZip({ 'mu.npy': mu, 'sigma.npy': sigma, 'count.npy': count }))).toMatchObject({ count: 7 });
  });

  test('of one feature are read, whose covariance has no axes in NumPy', async () => {
    expect(
      await readBytes(
        formatZip({ 'mu.npy': npyWithHeader(plain('<f8', '1,'), doubles(3)), 'sigma.npy': npyWithHeader(plain('<f8', ''), doubles(4)) }),
      ),
    ).toEqual({ mean: Float64Array.of(3), covariance: Float64Array.of(4) });
  });

  test('with bytes after the archive are read', async () => {
    expect(await readBytes(Buffer.concat([NUMPY_ARCHIVES.savez, Buffer.alloc(100)]))).toMatchObject({ mean: Float64Array.of(1.5, -2) });
  });

  test('that are not written leave what was there', async () => {
    await writeFile(file('kept.npz'), 'kept');
    const wrong = { mean: new Float64Array(2), covariance: new Float64Array(3) };
    await expect(writeStatistics(file('kept.npz'), wrong)).rejects.toThrow(
      /^writeStatistics: .*kept\.npz: covariance must have 2 × 2 = 4 values, got 3$/,
    );
    expect(await readFile(file('kept.npz'), 'utf8')).toBe('kept');
    await expect(writeStatistics(file('absent/a.npz'), { mean: Float64Array.of(1), covariance: Float64Array.of(1) })).rejects.toThrow(
      /^writeStatistics: .*ENOENT/,
    );
  });
});

describe('readStatistics refuses', () => {
  test.each(Object.entries(NUMPY_ARCHIVES))('%s cut short at any byte', async (_, bytes) => {
    for (let length = 0; length < bytes.length; length++) {
      await expect(readBytes(bytes.subarray(0, length)), `${length} bytes`).rejects.toThrow(/^readStatistics: .*given\.npz: ./);
    }
  });

  test('a file with any one byte changed, or reads it rightly', async () => {
    const bytes = NUMPY_ARCHIVES.savez_compressed;
    const right = await readBytes(bytes);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = Buffer.from(bytes);
        changed[at]! ^= flip;
        const outcome = await readBytes(changed).catch((error: unknown) => error);
        // Dates, versions and attributes may change; a name may make an optional file unknown.
        if (outcome instanceof Error) expect(outcome.message).toMatch(/^readStatistics: .*given\.npz: ./);
        else expect(outcome).toEqual(right);
      }),
      { numRuns: 500 },
    );
  });

  const archive = (files: Record<string, Buffer>): Buffer => formatZip(files);
  const changed = (bytes: Buffer, change: (bytes: Buffer) => void): Buffer => {
    const copy = Buffer.from(bytes);
    change(copy);
    return copy;
  };
  const whole = archive({ 'mu.npy': mu, 'sigma.npy': sigma });
  const central = whole.readUInt32LE(whole.length - 6);

  test.each([
    ['no archive', Buffer.from('mu and sigma, honestly'), 'this is not a zip archive, or it is cut short'],
    ['a missing array', archive({ 'mu.npy': mu }), 'there is no "sigma.npy" in the archive'],
    [
      'an array that is none',
      archive({ 'mu.npy': Buffer.from('nonsense that is long'), 'sigma.npy': sigma }),
      'mu: this is not a .npy array',
    ],
    [
      'a pickled array',
      archive({ 'mu.npy': npyWithHeader("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }\n"), 'sigma.npy': sigma }),
      'mu: the .npy dtype must be a float of 16, 32 or 64 bits, a whole number or bool, got "|O" (Python objects, which are not run)',
    ],
    [
      'a header that is code',
      archive({
        'mu.npy': npyWithHeader("{'descr': __import__('os').system('true'), 'fortran_order': False, 'shape': (2,), }\n"),
        'sigma.npy': sigma,
      }),
      'mu: the .npy header is not one that NumPy writes',
    ],
    [
      'dtypes that are properties of objects',
      archive({ 'mu.npy': npyWithHeader("{'descr': 'constructor', 'fortran_order': False, 'shape': (2,), }\n"), 'sigma.npy': sigma }),
      'got "constructor"',
    ],
    [
      'fewer values than the shape says',
      archive({ 'mu.npy': npyWithHeader("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }\n"), 'sigma.npy': sigma }),
      'mu: a .npy array of shape [3] and dtype <f8 has 24 bytes, this one has 16',
    ],
    [
      'long doubles',
      archive({ 'mu.npy': npyWithHeader("{'descr': '<f16', 'fortran_order': False, 'shape': (1,), }\n"), 'sigma.npy': sigma }),
      'got "<f16" (long double, which differs from machine to machine; save it as float64)',
    ],
    [
      'complex numbers',
      archive({ 'mu.npy': npyWithHeader("{'descr': '<c16', 'fortran_order': False, 'shape': (1,), }\n"), 'sigma.npy': sigma }),
      'got "<c16" (complex numbers)',
    ],
    [
      'a structured type',
      archive({ 'mu.npy': npyWithHeader("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,), }\n"), 'sigma.npy': sigma }),
      'mu: the .npy header is not one',
    ],
    [
      'a key that occurs twice',
      archive({
        'mu.npy': npyWithHeader("{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (2,), }\n"),
        'sigma.npy': sigma,
      }),
      'mu: the .npy header is not one',
    ],
    [
      'an absurd size',
      archive({
        'mu.npy': npyWithHeader("{'descr': '<f8', 'fortran_order': False, 'shape': (999999999999999, 999999999999999), }\n"),
        'sigma.npy': sigma,
      }),
      'mu: a .npy array of shape [999999999999999, 999999999999999]',
    ],
    [
      'a size of a thousand digits',
      archive({
        'mu.npy': npyWithHeader(`{'descr': '<f8', 'fortran_order': False, 'shape': (${'9'.repeat(1000)},), }\n`),
        'sigma.npy': sigma,
      }),
      'mu: the .npy header is not one',
    ],
    [
      'a negative size',
      archive({ 'mu.npy': npyWithHeader("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }\n"), 'sigma.npy': sigma }),
      'mu: the .npy header is not one',
    ],
    [
      'more than deflate can give',
      changed(whole, (bytes) => bytes.writeUInt32LE(130_000, central + 24)),
      '"mu.npy" is damaged: it would unpack from',
    ],
    [
      'a newer format',
      archive({ 'mu.npy': changed(mu, (bytes) => (bytes[6] = 9)), 'sigma.npy': sigma }),
      'mu: the .npy format must be 1, 2 or 3, got 9',
    ],
    ['sizes that do not fit', archive({ 'mu.npy': mu, 'sigma.npy': mu }), 'sigma must have shape [2, 2], as mu has 2 values, got [2]'],
    ['a matrix for a mean', archive({ 'mu.npy': sigma, 'sigma.npy': sigma }), 'mu must have shape [dimension ≥ 1], got [2, 2]'],
    [
      'values that are not finite',
      archive({ 'mu.npy': formatNpy({ shape: [2], data: Float64Array.of(1, NaN) }), 'sigma.npy': sigma }),
      'mu must be finite, got NaN at 1',
    ],
    [
      'a count that is none',
      archive({ 'mu.npy': mu, 'sigma.npy': sigma, 'count.npy': formatNpy({ shape: [], data: Float64Array.of(-3) }, '<i8') }),
      'count must be a whole number ≥ 1, got -3',
    ],
    [
      'a sigma that is too large for its mean',
      archive({ 'mu.npy': mu, 'sigma.npy': Buffer.alloc(2 ** 18) }),
      '"sigma.npy" would have 262144 bytes, more than',
    ],
    ['an encrypted array', changed(whole, (bytes) => bytes.writeUInt16LE(1, central + 8)), '"mu.npy" is encrypted'],
    [
      'another compression',
      changed(whole, (bytes) => bytes.writeUInt16LE(12, central + 10)),
      '"mu.npy" must be stored or deflated, got compression method 12',
    ],
    ['a wrong checksum', changed(whole, (bytes) => bytes.writeUInt32LE(1, central + 16)), '"mu.npy" is damaged: its checksum is wrong'],
    [
      'an array that unpacks to more than it says',
      changed(whole, (bytes) => bytes.writeUInt32LE(100, central + 24)),
      '"mu.npy" is damaged: it does not unpack to 100 bytes',
    ],
    [
      'an array that unpacks to less than it says',
      changed(whole, (bytes) => bytes.writeUInt32LE(200, central + 24)),
      '"mu.npy" must have 200 bytes, got 144',
    ],
    [
      'an array out of range',
      changed(whole, (bytes) => bytes.writeUInt32LE(0x7fffffff, central + 42)),
      '"mu.npy" is not where the directory says',
    ],
    [
      'a directory out of range',
      changed(whole, (bytes) => bytes.writeUInt32LE(0x7fffffff, bytes.length - 6)),
      'the directory of the archive is out of range',
    ],
    [
      'a part of an archive',
      changed(whole, (bytes) => bytes.writeUInt16LE(1, bytes.length - 18)),
      'archives in several parts are not read',
    ],
  ])('%s', async (_, bytes, fault) => {
    await expect(readBytes(bytes)).rejects.toThrow(fault);
    await expect(readBytes(bytes)).rejects.toThrow(/^readStatistics: .*given\.npz: ./);
  });

  test('a name that occurs twice', async () => {
    const twice = changed(archive({ 'mu.npy': mu, 'no.npy': sigma }), (bytes) => {
      for (let at = bytes.indexOf('no.npy'); at >= 0; at = bytes.indexOf('no.npy')) bytes.write('mu.npy', at);
    });
    await expect(readBytes(twice)).rejects.toThrow('"mu.npy" is in the archive twice');
  });

  test('a file that is not there', async () => {
    await expect(readStatistics(file('absent.npz'))).rejects.toThrow(/^readStatistics: .*absent\.npz: ENOENT/);
  });

  test('a bomb, without unpacking it', async () => {
    const packed = deflateRawSync(Buffer.alloc(2 ** 26));
    expect(packed.length).toBeLessThan(2 ** 17);
    // The directory says that it is small.
    const bytes = changed(archive({ 'mu.npy': Buffer.alloc(2 ** 26), 'sigma.npy': sigma }), (copy) =>
      copy.writeUInt32LE(144, copy.readUInt32LE(copy.length - 6) + 24),
    );
    await expect(readBytes(bytes)).rejects.toThrow('"mu.npy" is damaged: it does not unpack to 144 bytes');
  });
});

test('arrays of every shape come back from the .npy format', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }), (shape) => {
      const size = shape.reduce((product, n) => product * n, 1);
      const array = { shape, data: Float64Array.from({ length: size }, (_, i) => i - 0.5) };
      const bytes = formatNpy(array);
      expect(parseNpy(bytes)).toEqual(array);
      expect((bytes.length - size * 8) % 64).toBe(0);
    }),
  );
});

test('files of any content come back from an archive', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1 }), fc.uint8Array(), { noNullPrototype: true }), (contents) => {
      const archive = openZip(
        formatZip(Object.fromEntries(Object.entries(contents).map(([name, content]) => [name, Buffer.from(content)]))),
      );
      expect([...archive.names].sort()).toEqual(Object.keys(contents).sort());
      for (const [name, content] of Object.entries(contents)) expect(archive.read(name, 1000)).toEqual(Buffer.from(content));
    }),
  );
});

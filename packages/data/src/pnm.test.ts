import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeImage } from './decode-image.js';

const file = (header: string, ...pixels: number[]): Buffer => Buffer.concat([Buffer.from(header), Buffer.from(pixels)]);
const pixelsOf = async (content: Buffer): Promise<number[]> => Array.from((await decodeImage(content)).data);
const grey = (levels: readonly number[]): number[] => levels.flatMap((level) => [level, level, level]);

describe('plain-text PNM', () => {
  test.each<[string, string, number[]]>([
    ['PBM, bits without space', 'P1\n# bits\n3 2\n010\n1 # a comment\n 01', grey([255, 0, 255, 0, 255, 0])],
    ['PGM', 'P2 2 1 255\n0\t128', grey([0, 128])],
    ['PGM, scaled and rounded to even as Pillow does', 'P2\n3 1\n4\n0 1 2', grey([0, 64, 128])],
    ['PGM of 16 bits', 'P2 2 1 65535 65535 257', grey([255, 1])],
    ['PPM', 'P3\n1 2\n255\n1 2 3\n4 5 6 7 8\n', [1, 2, 3, 4, 5, 6]],
    ['a comment right behind a number', 'P3 1 1 255 1 2#3\n4', [1, 2, 4]],
  ])('%s', async (_, content, expected) => {
    expect(await pixelsOf(Buffer.from(content))).toEqual(expected);
  });

  test('holds what the binary kind holds', async () => {
    const picture = fc.record({
      width: fc.integer({ min: 1, max: 5 }),
      height: fc.integer({ min: 1, max: 4 }),
      largest: fc.integer({ min: 1, max: 65_535 }),
      seed: fc.array(fc.nat(65_535), { minLength: 60, maxLength: 60 }),
    });
    await fc.assert(
      fc.asyncProperty(
        picture,
        fc.constantFrom(['P2', 'P5', 1], ['P3', 'P6', 3]),
        async ({ width, height, largest, seed }, [plain, binary, channels]) => {
          const levels = seed.slice(0, width * height * (channels as number)).map((value) => value % (largest + 1));
          const bytes = levels.flatMap((level) => (largest > 255 ? [level >> 8, level & 255] : [level]));
          const inText = Buffer.from(`${plain} ${width} ${height} ${largest}\n${levels.join(' ')}`);
          expect(await pixelsOf(inText)).toEqual(await pixelsOf(file(`${binary} ${width} ${height} ${largest}\n`, ...bytes)));
        },
      ),
      { seed: 1, numRuns: 50 },
    );
  });

  test.each([
    ['is cut short', 'P3 2 1 255\n1 2 3 4 5', 'the file ends within the pixels'],
    ['promises more pixels than it can hold', 'P1 9999 9999\n01', 'the file ends within the pixels'],
    ['holds a level that is too high', 'P2 2 1 15\n3 16', 'a level must be at most 15, got one that begins with 16'],
    ['holds what is no number', 'P2 2 1 15\n3 -1 4', 'a level must be a number, got "-1 4"'],
    ['holds a third bit', 'P1 2 1\n0 2', 'a level must be at most 1, got one that begins with 2'],
  ])('that %s is refused', async (_, content, reason) => {
    await expect(decodeImage(Buffer.from(content))).rejects.toMatchObject({
      problem: 'damaged',
      reason: `truncated or corrupt (${reason})`,
    });
  });
});

describe('PGM of 16 bits', () => {
  const notes = async (header: string, ...levels: number[]): Promise<readonly string[] | undefined> =>
    (await decodeImage(file(header, ...levels.flatMap((level) => [level >> 8, level & 255])))).notes;

  test('of a low range is read as it is, with a note', async () => {
    expect(await notes('P5 2 1 65535\n', 0, 255)).toEqual([
      '16-bit grey with no level above 255, which is read as black or nearly so; scale its levels to 65535, or save it with 8 bits',
    ]);
    expect(await notes('P5 2 1 65535\n', 0, 4000)).toEqual([expect.stringContaining('no level above 4095')]);
    expect(await notes('P5 2 1 10000\n', 0, 255)).toEqual([
      expect.stringContaining('no level above 255, which is read as black or nearly so; scale its levels to 10000'),
    ]);
  });

  test('of a full range has none, nor one that says how far its levels go, nor one that is black', async () => {
    expect(await notes('P5 2 1 65535\n', 0, 40_000)).toBeUndefined();
    expect(await notes('P5 2 1 4095\n', 0, 4000)).toBeUndefined();
    expect(await notes('P5 2 1 65535\n', 0, 0)).toBeUndefined();
  });
});

import type { StoredStatistics } from '@stargan/metrics/npz';
import { describe, expect, it } from 'vitest';
import { chooseConventions, type NamedStatistics } from './statistics-source.js';

const file = (name: string, origin: Partial<StoredStatistics> = {}): NamedStatistics => ({
  path: `${name}.npz`,
  statistics: { mean: new Float64Array(1), covariance: new Float64Array(1), ...origin },
});
const clean = file('clean', { convention: 'fid-clean' });
const paper = file('paper', { convention: 'fid-stargan2', imageSize: 256 });
const silent = file('silent');

describe('the convention of a comparison', () => {
  it('is what was asked for, of two folders', () => {
    expect(chooseConventions([], undefined, 256)).toEqual({ names: ['stargan2'], notes: [] });
    expect(chooseConventions([], ['clean', 'pytorch'], 256).names).toEqual(['clean', 'pytorch']);
  });

  it('is that of the files', () => {
    expect(chooseConventions([clean], undefined, 256)).toEqual({ names: ['clean'], notes: [] });
    expect(chooseConventions([paper, paper], undefined, undefined).names).toEqual(['stargan2']);
    expect(chooseConventions([paper], ['stargan2'], 256).names).toEqual(['stargan2']);
  });

  it('is what was asked for where a file does not say, with a note, and unknown where nobody says', () => {
    expect(chooseConventions([silent], ['pytorch'], 256)).toEqual({
      names: ['pytorch'],
      notes: ['silent.npz does not say whose FID the statistics are for: they are taken for fid-pytorch, as --fid says'],
    });
    expect(chooseConventions([silent, clean], ['clean'], undefined).names).toEqual(['clean']);
    const { names, notes } = chooseConventions([silent, file('other')], undefined, undefined);
    expect(names).toEqual(['unknown']);
    expect(notes).toEqual([
      'silent.npz and other.npz do not say whose FID the statistics are for: the distance is right only if both are of one convention; name it with --fid',
    ]);
  });

  it.each([
    [
      [clean, paper],
      undefined,
      undefined,
      'clean.npz and paper.npz are of different conventions (fid-clean and fid-stargan2): their distance means nothing',
    ],
    [[clean, paper], ['clean'] as const, undefined, 'are of different conventions'],
    [[clean], ['pytorch'] as const, 256, 'clean.npz holds statistics of fid-clean, which do not compare as fid-pytorch'],
    [
      [silent, silent],
      ['stargan2', 'clean', 'pytorch'] as const,
      undefined,
      'silent.npz holds statistics of one convention: --fid takes one name with it, got stargan2,clean,pytorch',
    ],
    [[silent], undefined, 256, 'silent.npz does not say whose FID the statistics are for: name it with --fid'],
    [[clean, silent], undefined, undefined, 'silent.npz does not say whose FID'],
    [[paper], undefined, 64, 'images brought to 256² first: give --image-size 256, got 64'],
    [[paper, file('small', { convention: 'fid-stargan2', imageSize: 64 })], undefined, undefined, 'different sizes first (256 and 64)'],
    [[file('a', { weights: 'x' }), file('b', { weights: 'y' })], undefined, undefined, 'were made with different weights (x and y)'],
    [
      [file('a', { convention: 'fid-new' })],
      undefined,
      256,
      'a.npz holds statistics of the convention "fid-new", which is none of stargan2, clean, pytorch',
    ],
  ])('is refused where it would be a mixture: case %#', (files, asked, imageSize, message) => {
    expect(() => chooseConventions(files, asked, imageSize)).toThrow(message);
  });
});

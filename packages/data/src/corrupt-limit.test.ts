import { describe, expect, test } from 'vitest';
import { findTooManyBroken } from './corrupt-limit.js';
import type { ImageFileProblem } from './image-file-error.js';
import { namedFolders } from './testing/pictures.js';

const folders = namedFolders([40, 3]);
const broken = (domain: number, count: number, problem: ImageFileProblem = 'damaged') =>
  folders.domains[domain]!.files.slice(0, count).map((file) => ({ file, reason: 'torn', problem, remedy: 'repair or remove the file' }));

describe('findTooManyBroken', () => {
  test('allows the share of each domain, and one image in any case', () => {
    expect(findTooManyBroken(folders, [...broken(0, 4), ...broken(1, 1)], 0.1)).toBeUndefined();
    expect(findTooManyBroken(folders, broken(0, 1), 0)).toBeUndefined();
    expect(findTooManyBroken(folders, broken(0, 5), 0.1)).toMatchObject({ domain: 'domain0', images: 40 });
    expect(findTooManyBroken(folders, broken(1, 2), 0.1)).toMatchObject({ domain: 'domain1', images: 3 });
  });

  test('says to convert what is whole, of a kind that is not read', () => {
    const unread = broken(1, 3, 'unsupported');
    expect(findTooManyBroken(folders, unread, 0)!.message).toContain('; convert or remove them, or');
    expect(findTooManyBroken(folders, [...unread.slice(0, 2), ...broken(1, 3).slice(2)], 0)!.message).toContain(
      '; repair, convert or remove them, or',
    );
  });

  test('lists the first ones, with a remedy', () => {
    expect(findTooManyBroken(folders, broken(0, 7), 0.1)!.message).toBe(
      '7 of the 40 images of "domain0" are broken, at most 4 may be (corruptLimit 0.1): domain0/0.png (torn), domain0/1.png (torn), domain0/2.png (torn), ' +
        'domain0/3.png (torn), domain0/4.png (torn) and 2 more; repair or remove them, or raise corruptLimit to train without them',
    );
  });
});

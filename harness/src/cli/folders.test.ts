import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '../testing/small-run.js';
import { UsageError } from '../usage-error.js';
import { requireApart } from './folders.js';

const folder = useTemporaryFolder(async (created) => {
  for (const made of ['flat/a', 'split/train/a', 'split/runs']) await mkdir(path.join(created, made), { recursive: true });
  await symlink(path.join(created, 'flat'), path.join(created, 'link'));
});

const at = (...parts: string[]): string => path.join(folder(), ...parts);

describe('requireApart', () => {
  it.each([
    ['flat', 'flat', 'is the folder of the images itself'],
    ['flat', 'flat/runs/1', 'lies among the images'],
    ['flat', 'flat/a', 'lies among the images'],
    ['flat', 'link/runs/1', 'lies among the images'],
    ['link', 'flat/runs/1', 'lies among the images'],
    ['flat', 'flat/../flat/x', 'lies among the images'],
    ['split', 'split/runs/1', 'lies among the images'],
    ['flat/a', 'flat', 'lies inside --out'],
  ])('refuses images in %s with results in %s', async (data, out, message) => {
    const refusal = requireApart({ data: at(data), out: at(out) });
    await expect(refusal).rejects.toThrow(message);
    await expect(refusal).rejects.toThrow(UsageError);
  });

  it.each([
    ['flat', 'flat2'],
    ['flat', 'runs/flat'],
    ['flat', '..flat'],
    ['absent', 'runs'],
  ])('accepts images in %s with results in %s', async (data, out) => {
    await expect(requireApart({ data: at(data), out: at(out) })).resolves.toBeUndefined();
  });

  it('lets a run go on where it does no harm, and nowhere else', async () => {
    await expect(requireApart({ data: at('split'), out: at('split/runs'), resumes: true })).resolves.toBeUndefined();
    await expect(requireApart({ data: at('flat/a'), out: at('flat'), resumes: true })).resolves.toBeUndefined();
    await expect(requireApart({ data: at('flat/a'), out: at('flat'), onlyAdds: true })).resolves.toBeUndefined();
    await expect(requireApart({ data: at('split'), out: at('split/train/runs'), resumes: true })).rejects.toThrow('lies among the images');
    await expect(requireApart({ data: at('flat'), out: at('flat/runs'), resumes: true })).rejects.toThrow('lies among the images');
  });
});

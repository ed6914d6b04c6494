import { mkdir, readdir, rmdir } from 'node:fs/promises';
import path from 'node:path';

/** Where numbered runs are kept, in the working folder. */
export const RUNS_FOLDER = 'runs';

const NUMBER = /^(\d{5,})-/;

/** Characters of a part of a name at most. */
const LONGEST = 40;

/** A text as a part of a folder's name on every system. */
const part = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._]+/gu, '_')
    .slice(0, LONGEST) || '_';

/**
 * Path of the next numbered run, `runs/00003-afhq-photos-128-batch4`: one more than the highest number there is. Nothing is
 * made.
 *
 * @param parts what the run is told apart by
 * @param folder of the runs
 */
export async function nextRunFolder(parts: readonly string[], folder = RUNS_FOLDER): Promise<string> {
  const names = await readdir(folder).catch(() => []);
  const numbers = names.flatMap((name) => NUMBER.exec(name)?.[1] ?? []).map(Number);
  const number = Math.max(-1, ...numbers) + 1;
  return path.join(folder, [`${number}`.padStart(5, '0'), ...parts.map(part)].join('-'));
}

/**
 * Makes the folder of a numbered run, with another number where somebody else was first, and lets `work` fill it.
 * A folder in which nothing was written does not stay.
 */
export async function inNumberedRun<Result>(
  parts: readonly string[],
  work: (out: string) => Promise<Result>,
  folder = RUNS_FOLDER,
): Promise<Result> {
  await mkdir(folder, { recursive: true });
  for (;;) {
    const out = await nextRunFolder(parts, folder);
    try {
      await mkdir(out);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw error;
    }
    try {
      return await work(out);
    } finally {
      // Of a run that was refused; anything else is not empty.
      await rmdir(out).catch(() => undefined);
    }
  }
}

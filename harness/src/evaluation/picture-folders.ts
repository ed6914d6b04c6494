import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { writeWholeFile } from '@stargan/checkpoints';
import { writePng, type RgbImage } from '@stargan/data';
import type { Task } from '@stargan/training/evaluation';
import { UsageError } from '../usage-error.js';

/** Says what the pictures of each task are of. It is no picture, and not among them: readers of their folders do not see it. */
const LEDGER = 'stargan-pictures.json';

const ledger = z.object({
  formatVersion: z.literal(1),
  tasks: z.record(z.string(), z.object({ identity: z.string(), images: z.number() })),
});

/** Names of the pictures of an evaluation: source, then translation. */
const PICTURE = /^\d{4,}_\d{2,}\.png$/;

/** What an interrupted write leaves. */
const UNFINISHED = /^\d{4,}_\d{2,}\.png\.new$/;

/** Folders of pictures, one for each task of an evaluation. */
export interface PictureFolders {
  /** Where the pictures of a task are. */
  folderOf(task: Task): string;
  /** Whether all of a task's pictures are there, and of this evaluation. */
  isComplete(task: Task): Promise<boolean>;
  /** Empties the folder of a task: what is written then is of this evaluation alone. */
  begin(task: Task): Promise<void>;
  /** Writes the translations of a source. */
  write(task: Task, source: number, pictures: readonly RgbImage[]): Promise<void>;
  /** Notes that all pictures of a task are there. */
  finish(task: Task, images: number): Promise<void>;
}

export const pictureName = (source: number, output: number): string =>
  `${`${source}`.padStart(4, '0')}_${`${output}`.padStart(2, '0')}.png`;

/**
 * Names of the tasks' folders, `cat2dog`; where two tasks would have one name, as of domains `cat` and `cat2cat`, all have
 * the numbers of their domains as well, `0-cat-to-1-cat2cat`.
 *
 * @param names of the domains, by label
 */
export function taskFolders(tasks: readonly Task[], names: readonly string[]): (task: Task) => string {
  const short = ({ guidance, source, target }: Task): string => path.join(guidance, `${names[source]}2${names[target]}`);
  const long = ({ guidance, source, target }: Task): string =>
    path.join(guidance, `${source}-${names[source]}-to-${target}-${names[target]}`);
  // Some file systems do not tell upper from lower case.
  const distinct = new Set(tasks.map((task) => short(task).normalize().toLowerCase())).size === tasks.length;
  return distinct ? short : long;
}

/**
 * Opens the folders for the pictures of an evaluation below `root`.
 *
 * @param identity of the evaluation
 * @param names of the domains, by label
 * @throws UsageError where a task's folder holds anything but pictures of an evaluation: nothing of it is touched
 */
export async function openPictureFolders(
  root: string,
  identity: string,
  tasks: readonly Task[],
  names: readonly string[],
): Promise<PictureFolders> {
  const nameOf = taskFolders(tasks, names);
  const folderOf = (task: Task): string => path.join(root, nameOf(task));
  for (const task of tasks) await listPictures(folderOf(task));
  const file = path.join(root, LEDGER);
  const content = await readLedger(file);
  const write = (): Promise<void> => writeWholeFile(file, `${JSON.stringify(content, null, 2)}\n`);
  return {
    folderOf,
    async isComplete(task) {
      const entry = content.tasks[nameOf(task)];
      const { pictures, unfinished } = await listPictures(folderOf(task));
      return entry?.identity === identity && entry.images === pictures.length && unfinished.length === 0;
    },
    async begin(task) {
      const folder = folderOf(task);
      const { pictures, unfinished } = await listPictures(folder);
      await mkdir(folder, { recursive: true });
      delete content.tasks[nameOf(task)];
      await write();
      for (const name of [...pictures, ...unfinished]) await rm(path.join(folder, name));
    },
    async write(task, source, pictures) {
      for (const [output, picture] of pictures.entries()) await writePng(path.join(folderOf(task), pictureName(source, output)), picture);
    },
    async finish(task, images) {
      content.tasks[nameOf(task)] = { identity, images };
      await write();
    },
  };
}

/** Pictures in a folder, none where it is not there. Hidden files, which file managers leave, count as nothing. */
async function listPictures(folder: string): Promise<{ pictures: string[]; unfinished: string[] }> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new UsageError(`${folder} cannot be used for pictures: ${error.message}; name another folder as --save-images`);
  });
  const foreign = names.filter((name) => !PICTURE.test(name) && !UNFINISHED.test(name) && !name.startsWith('.'));
  if (foreign.length > 0) {
    throw new UsageError(
      `${folder} holds ${foreign[0]}${foreign.length > 1 ? ` and ${foreign.length - 1} more` : ''}, not written by an evaluation: it would have to be emptied; name another folder as --save-images`,
    );
  }
  return { pictures: names.filter((name) => PICTURE.test(name)), unfinished: names.filter((name) => UNFINISHED.test(name)) };
}

async function readLedger(file: string): Promise<z.infer<typeof ledger>> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return { formatVersion: 1, tasks: {} };
  try {
    return ledger.parse(JSON.parse(text));
  } catch {
    throw new UsageError(
      `${file} is damaged, so that it is not known what the pictures beside it are of: name another folder as --save-images, or delete it`,
    );
  }
}

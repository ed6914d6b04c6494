import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { writeWholeFile } from '@stargan/checkpoints';
import { writePng, type RgbImage } from '@stargan/data';

/** Says what the pictures of each folder are of. It is no picture, and not among them: readers of their folders do not see it. */
const LEDGER = 'stargan-pictures.json';

/** What pictures are of, by the names of their folders. */
type Contents = Record<string, { readonly identity: string; readonly images: number }>;

/** Names of the pictures: source, then output. */
const PICTURE = /^\d{4,}_\d{2,}\.png$/;

/** What an interrupted write leaves. */
const UNFINISHED = /^\d{4,}_\d{2,}\.png\.new$/;

/** Folders of pictures that a program makes, each of which it knows to be whole and of what. */
export interface PictureFolders {
  /**
   * Where the pictures of a name are.
   *
   * @param name of the folder
   */
  folderOf(name: string): string;
  /**
   * Whether all pictures of a folder are there, and of what is made now.
   *
   * @param name of the folder
   */
  isComplete(name: string): Promise<boolean>;
  /**
   * Empties a folder: what is written then is of what is made now alone.
   *
   * @param name of the folder
   */
  begin(name: string): Promise<void>;
  /**
   * Writes the outputs of a source as `0000_00.png`, `0000_01.png`, …
   *
   * @param name of the folder
   * @param source its number, ≥ 0
   * @param pictures the outputs
   */
  write(name: string, source: number, pictures: readonly RgbImage[]): Promise<void>;
  /**
   * Notes that all pictures of a folder are there.
   *
   * @param name of the folder
   * @param images how many there are
   */
  finish(name: string, images: number): Promise<void>;
}

/** A folder for pictures that holds anything else, or whose ledger is damaged. */
export class PictureFolderError extends Error {
  /** Tells it apart from other errors, also where two copies of the package are loaded. */
  override readonly name = 'PictureFolderError';
}

/**
 * Name of a picture: `0012_03.png`.
 *
 * @param source number of what it was made from
 * @param output number of the picture among those of its source
 */
export const pictureName = (source: number, output: number): string =>
  `${`${source}`.padStart(4, '0')}_${`${output}`.padStart(2, '0')}.png`;

/**
 * Opens folders for pictures below `root`. A file beside them keeps what each is of, so that a program that was stopped
 * goes on with those that are missing, and pictures of something else are not taken for these.
 *
 * @param root above the folders
 * @param identity of what is made now, such as a hash of all that settles the pictures
 * @param names of the folders, relative to `root`
 * @param alternative what messages advise. Default `use another folder`
 * @throws {PictureFolderError} where a folder holds anything but such pictures: nothing of it is touched
 */
export async function openPictureFolders(
  root: string,
  identity: string,
  names: readonly string[],
  alternative = 'use another folder',
): Promise<PictureFolders> {
  const folderOf = (name: string): string => path.join(root, name);
  const list = (name: string): Promise<Listed> => listPictures(folderOf(name), alternative);
  for (const name of names) await list(name);
  const file = path.join(root, LEDGER);
  const folders = await readLedger(file, alternative);
  // The key is what it was called where the folders were those of an evaluation's tasks.
  const write = (): Promise<void> => writeWholeFile(file, `${JSON.stringify({ formatVersion: 1, tasks: folders }, null, 2)}\n`);
  return {
    folderOf,
    async isComplete(name) {
      const { pictures, unfinished } = await list(name);
      return folders[name]?.identity === identity && folders[name].images === pictures.length && unfinished.length === 0;
    },
    async begin(name) {
      const { pictures, unfinished } = await list(name);
      await mkdir(folderOf(name), { recursive: true });
      delete folders[name];
      await write();
      for (const picture of [...pictures, ...unfinished]) await rm(path.join(folderOf(name), picture));
    },
    async write(name, source, pictures) {
      for (const [output, picture] of pictures.entries()) await writePng(path.join(folderOf(name), pictureName(source, output)), picture);
    },
    async finish(name, images) {
      folders[name] = { identity, images };
      await write();
    },
  };
}

interface Listed {
  readonly pictures: string[];
  readonly unfinished: string[];
}

/** Pictures in a folder, none where it is not there. Hidden files, which file managers leave, count as nothing. */
async function listPictures(folder: string, alternative: string): Promise<Listed> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new PictureFolderError(`${folder} cannot be used for pictures: ${error.message}; ${alternative}`);
  });
  const foreign = names.filter((name) => !PICTURE.test(name) && !UNFINISHED.test(name) && !name.startsWith('.'));
  if (foreign.length > 0) {
    throw new PictureFolderError(
      `${folder} holds ${foreign[0]}${foreign.length > 1 ? ` and ${foreign.length - 1} more` : ''}, not written by an evaluation: it would have to be emptied; ${alternative}`,
    );
  }
  return { pictures: names.filter((name) => PICTURE.test(name)), unfinished: names.filter((name) => UNFINISHED.test(name)) };
}

async function readLedger(file: string, alternative: string): Promise<Contents> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return {};
  const folders = parseLedger(text);
  if (folders !== undefined) return folders;
  throw new PictureFolderError(
    `${file} is damaged, so that it is not known what the pictures beside it are of: ${alternative}, or delete it`,
  );
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

/** What a ledger says; undefined where it is none. */
function parseLedger(text: string): Contents | undefined {
  let stored: unknown;
  try {
    stored = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(stored) || stored.formatVersion !== 1 || !isRecord(stored.tasks)) return undefined;
  const entries = Object.entries(stored.tasks).map(([name, entry]) =>
    isRecord(entry) && typeof entry.identity === 'string' && typeof entry.images === 'number'
      ? ([name, { identity: entry.identity, images: entry.images }] as const)
      : undefined,
  );
  return entries.some((entry) => entry === undefined) ? undefined : Object.fromEntries(entries as (readonly [string, Contents[string]])[]);
}

import { extname } from 'node:path';
import { isForeignName } from '../foreign-names.js';
import { imageName } from '../folder-entries.js';
import { recogniseImage, recognisedBytes } from '../image-formats.js';
import { countPassedOver, type PassedOverCount, type PassedOverFile } from '../passed-over.js';
import { printablePath } from '../path-names.js';
import { isSplitName, refuseJoinedSplits, validationNames } from '../split-folders.js';
import type { SplitName } from './source-image.js';
import type { ArchivedFile } from './zip-archive.js';

/** An image of an archive with its place. */
export interface ArchivedImage {
  readonly file: ArchivedFile;
  readonly domain: string;
  /** Path within the domain. */
  readonly name: string;
  readonly split?: SplitName;
}

/** The images of an archive, as a folder of the same content would be read. */
export interface ArchiveLayout {
  readonly images: readonly ArchivedImage[];
  readonly hasSplits: boolean;
  readonly passedOver: readonly PassedOverCount[];
  readonly notes: readonly string[];
}

interface Candidate {
  readonly file: ArchivedFile;
  /** Folders from the top, composed, and the file's own name. */
  readonly parts: readonly string[];
}

/**
 * Finds domains and splits among the paths of an archive: a folder per domain, or `train/` and a folder to validate with, all
 * of it perhaps in a folder of its own.
 *
 * @param archive how messages call it
 * @throws Error when there are no domain folders, or the domains of the splits differ
 */
export async function archiveLayout(archive: string, files: readonly ArchivedFile[]): Promise<ArchiveLayout> {
  const passedOver: PassedOverFile[] = [];
  const candidates: Candidate[] = [];
  for (const file of files) {
    const parts = file.path.split('/').filter((part) => part !== '' && part !== '.');
    const why = await reasonToPassOver(file, parts);
    if (why === undefined) candidates.push({ file, parts: parts.map((part) => part.normalize('NFC')) });
    else passedOver.push({ file: file.path, ...why });
  }
  const notes: string[] = [];
  const inner = withoutWrapping(candidates, notes);
  refuseJoinedSplits(archive, topFolders(inner));
  const { images, hasSplits } = hasTrainFolder(inner)
    ? bySplit(archive, inner, passedOver, notes)
    : { images: byDomain(inner, passedOver), hasSplits: false };
  if (images.length === 0)
    throw new Error(`prepareDataset: ${printablePath(archive)} holds no images in folders; pack one folder per domain`);
  images.sort((a, b) => (a.file.path < b.file.path ? -1 : 1));
  return { images, hasSplits, passedOver: countPassedOver(passedOver), notes };
}

async function reasonToPassOver(
  file: ArchivedFile,
  parts: readonly string[],
): Promise<Pick<PassedOverFile, 'kind' | 'called'> | undefined> {
  const foreign = parts.find(isForeignName);
  if (foreign !== undefined) return { kind: 'system', called: foreign };
  const hidden = parts.find((part) => part.startsWith('.'));
  if (hidden !== undefined) return { kind: 'hidden', called: hidden };
  const name = parts.at(-1) ?? '';
  if (imageName.test(name) || (await looksLikeImage(file))) return undefined;
  return { kind: 'other', called: extname(name).toLowerCase() || 'no extension' };
}

async function looksLikeImage({ content }: ArchivedFile): Promise<boolean> {
  try {
    const format = recogniseImage(await content.start(recognisedBytes))?.format;
    // Two letters at the beginning of a text may look like a PNM's.
    return format !== undefined && format !== 'pnm';
  } catch {
    return false;
  }
}

/** Archives of a folder hold that folder. */
function withoutWrapping(candidates: readonly Candidate[], notes: string[]): readonly Candidate[] {
  const folder = candidates[0]?.parts[0];
  if (folder === undefined || !candidates.every(({ parts }) => parts[0] === folder && parts.length > 2)) return candidates;
  notes.push(`${printablePath(folder)}/ in the archive is read as the data set`);
  return withoutWrapping(
    candidates.map(({ file, parts }) => ({ file, parts: parts.slice(1) })),
    notes,
  );
}

const topFolders = (candidates: readonly Candidate[]): string[] => [
  ...new Set(candidates.filter(({ parts }) => parts.length > 1).map(({ parts }) => parts[0]!)),
];

/** As of folders: `train/` that holds folders, or stands beside nothing but splits. */
function hasTrainFolder(candidates: readonly Candidate[]): boolean {
  const folders = topFolders(candidates);
  const holdsFolders = candidates.some(({ parts }) => parts[0] === 'train' && parts.length > 2);
  return holdsFolders || (folders.some((name) => name.toLowerCase() === 'train') && folders.every(isSplitName));
}

function bySplit(
  archive: string,
  candidates: readonly Candidate[],
  passedOver: PassedOverFile[],
  notes: string[],
): { images: ArchivedImage[]; hasSplits: boolean } {
  const folders = topFolders(candidates);
  const train = folders.includes('train') ? 'train' : folders.find((name) => name.toLowerCase() === 'train')!;
  const rank = (name: string): number => validationNames.indexOf(name.toLowerCase());
  const validation = folders.filter((name) => rank(name) >= 0).sort((a, b) => rank(a) - rank(b))[0];
  const unused = folders.filter((name) => name !== train && name !== validation);
  if (unused.length > 0)
    notes.push(`${unused.map((name) => `${printablePath(name)}/`).join(', ')} beside ${printablePath(train)}/ in the archive: not read`);
  const inside = (folder: string): Candidate[] =>
    candidates.flatMap(({ file, parts }) => (parts[0] === folder && parts.length > 1 ? [{ file, parts: parts.slice(1) }] : []));
  for (const { file, parts } of candidates) if (parts.length < 2) passedOver.push({ file: file.path, kind: 'stray', called: parts[0]! });
  const trained = byDomain(inside(train), passedOver);
  if (validation === undefined) return { images: trained, hasSplits: false };
  const held = byDomain(inside(validation), passedOver);
  requireSameDomains(archive, trained, held, validation);
  return {
    images: [
      ...trained.map((image) => ({ ...image, split: 'train' as const })),
      ...held.map((image) => ({ ...image, split: 'validation' as const })),
    ],
    hasSplits: true,
  };
}

function byDomain(candidates: readonly Candidate[], passedOver: PassedOverFile[]): ArchivedImage[] {
  return candidates.flatMap(({ file, parts: [domain = '', ...rest] }) => {
    if (rest.length > 0) return [{ file, domain, name: rest.join('/') }];
    passedOver.push({ file: file.path, kind: 'stray', called: domain });
    return [];
  });
}

function requireSameDomains(archive: string, train: readonly ArchivedImage[], held: readonly ArchivedImage[], split: string): void {
  const names = (images: readonly ArchivedImage[]): string =>
    [...new Set(images.map(({ domain }) => printablePath(domain)))].sort().join(', ');
  if (names(train) === names(held)) return;
  throw new Error(
    `prepareDataset: ${printablePath(archive)}: ${printablePath(split)}/ must hold the domains of train/ (${names(train)}), got ${names(held)}; pack other folders, or extract the archive and give its training folder`,
  );
}

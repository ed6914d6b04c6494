import { createHash } from 'node:crypto';
import type { Dataset, OnCorrupt } from '@stargan/data';
import { evenlySpread as spread } from '@stargan/data/inspection';
import { hashFiles, turnedNote, type HashedFile } from './hashed-files.js';

/** Images of one domain, by what an evaluation of translations uses them for. */
export interface DomainImages {
  /** The domain. */
  readonly name: string;
  /** Validation images that are translated. */
  readonly sources: readonly HashedFile[];
  /** Validation images that styles are taken from: all of them. */
  readonly references: readonly HashedFile[];
  /** Training images that translations are compared with. */
  readonly reals: readonly HashedFile[];
  /** Training images that a domain classifier learns from. */
  readonly examples: readonly HashedFile[];
}

/** Images that an evaluation uses. */
export interface EvaluationData {
  /** The images, by label. */
  readonly domains: readonly DomainImages[];
  /** Hash of the contents of all images, by domain and use. */
  readonly sha256: string;
  /** What a reader of the scores should know about the images. */
  readonly notes: readonly string[];
  /** Whether training images that translations are compared with are stored turned. */
  readonly turned: boolean;
}

/** A data set of fewer than two domains, between which nothing can be translated. */
export class TooFewDomainsError extends Error {
  /** Tells it apart from other errors, also where two copies of the package are loaded. */
  override readonly name = 'TooFewDomainsError';
}

/** Images that the domain classifier is trained on, of all domains together: enough for it, and they fit in memory. */
const EXAMPLES = 4000;

/**
 * Chooses and hashes the images of an evaluation; where there are fewer to be used than there are, they are evenly
 * spread over the sorted files.
 *
 * @param dataset as `openDataset` finds it
 * @param counts the most sources and reals per domain; 0 takes all
 * @param onCorrupt what happens to broken images: `refuse` ends it, all else leaves them out and names them
 * @throws {TooFewDomainsError} for fewer than two domains
 * @throws ImageFileError naming a file that cannot be read, unless broken ones are skipped
 */
export async function openEvaluationData(
  dataset: Dataset,
  { sources, reals }: { sources: number; reals: number },
  onCorrupt: OnCorrupt,
): Promise<EvaluationData> {
  const { train, validation } = dataset;
  if (train.domains.length < 2)
    throw new TooFewDomainsError(`evaluation translates between domains; ${train.directory} has only ${train.domains[0]?.name ?? 'none'}`);
  const notes =
    validation === undefined
      ? [`${train.directory} has no val/: training images are translated, so that scores tell nothing about new images`]
      : [];
  const perDomain = Math.max(1, Math.floor(EXAMPLES / train.domains.length));
  const domains: DomainImages[] = [];
  let turned = false;
  for (const [label, { name, files }] of train.domains.entries()) {
    const trained = await hashFiles(files, onCorrupt);
    const heldOut = validation === undefined ? trained : await hashFiles(validation.domains[label]!.files, onCorrupt);
    const skipped = validation === undefined ? trained.skipped : [...trained.skipped, ...heldOut.skipped];
    notes.push(...turnedNote(name, trained.turned, trained.files.length));
    turned ||= trained.turned > 0;
    notes.push(...skipped.map(({ reason }) => `left out ${reason}`));
    if (trained.files.length === 0 || heldOut.files.length === 0)
      throw new Error(`no image of ${name} can be used; the first: ${skipped[0]?.reason ?? 'there is none'}`);
    domains.push({
      name,
      sources: spread(heldOut.files, sources),
      references: heldOut.files,
      reals: spread(trained.files, reals),
      examples: spread(trained.files, perDomain),
    });
  }
  const hashes = domains.map(({ name, ...uses }) => [name, ...Object.values(uses).map(hashOfFiles)]);
  return { domains, sha256: createHash('sha256').update(JSON.stringify(hashes)).digest('hex'), notes, turned };
}

/** One hash of all contents, in order. */
function hashOfFiles(files: readonly HashedFile[]): string {
  return createHash('sha256')
    .update(files.map(({ sha256 }) => sha256).join('\n'))
    .digest('hex');
}

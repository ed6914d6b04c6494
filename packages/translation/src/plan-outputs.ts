import { stat } from 'node:fs/promises';
import path from 'node:path';
import { mapConcurrently, pathBytes, printablePath } from '@stargan/data';
import type { FoundPicture } from './find-pictures.js';
import { planOutputNames } from './output-names.js';
import { RequestError } from './request-error.js';

/** What becomes of a result whose file is there already: nothing is begun, it is written anew, or it is left as it is. */
export type ExistingChoice = (typeof EXISTING_CHOICES)[number];

/** All values of {@link ExistingChoice}. */
export const EXISTING_CHOICES = ['refuse', 'overwrite', 'skip'] as const;

/** A picture, and the files of its translations. */
export interface PlannedPicture extends FoundPicture {
  /** By style: the file to write; `undefined` where it is there already and is left as it is. */
  readonly outputs: readonly (string | undefined)[];
}

/** Files looked at together. */
const LOOKS_AT_ONCE = 16;

/** How a file is told apart whatever the ways that lead to it; `undefined` where there is none. */
async function identityOfFile(file: string): Promise<string | undefined> {
  const status = await stat(pathBytes(file), { bigint: true }).catch(() => undefined);
  return status && `${status.dev}:${status.ino}`;
}

/**
 * Names the file of every translation before the first is made.
 *
 * @throws RequestError when one is there already and may not be replaced, or is a picture that is translated
 */
export async function planOutputs(
  pictures: readonly FoundPicture[],
  styles: readonly string[],
  { out, ending, existing }: { readonly out: string; readonly ending: string; readonly existing: ExistingChoice },
): Promise<PlannedPicture[]> {
  const names = planOutputNames(
    pictures.map(({ name }) => name),
    styles,
  );
  const files = names.map((ofPicture) => ofPicture.map((name) => path.join(out, ...`${name}${ending}`.split('/'))));
  const flat = files.flat();
  const identities = await mapConcurrently(flat, LOOKS_AT_ONCE, identityOfFile);
  const there = new Set(flat.filter((_, i) => identities[i] !== undefined));
  if (there.size > 0 && existing === 'refuse')
    throw new RequestError(
      `${there.size} of the ${flat.length} results are there already, such as ${printablePath([...there][0]!)}; ` +
        'overwrite them, skip them, or name another folder',
    );
  if (there.size > 0 && existing === 'overwrite') {
    const sources = new Set(await mapConcurrently(pictures, LOOKS_AT_ONCE, ({ file }) => identityOfFile(file)));
    const lost = flat.find((_, i) => identities[i] !== undefined && sources.has(identities[i]));
    if (lost !== undefined)
      throw new RequestError(
        `the result ${printablePath(lost)} would replace a picture that is translated; name another folder for the results`,
      );
  }
  const isLeft = (file: string): boolean => existing === 'skip' && there.has(file);
  return pictures.map((picture, i) => ({ ...picture, outputs: files[i]!.map((file) => (isLeft(file) ? undefined : file)) }));
}

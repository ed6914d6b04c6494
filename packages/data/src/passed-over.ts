/**
 * Why something in a data set is not read:
 * - `other`: a file that is not an image, or of a format that is not read;
 * - `system`: of an operating system, an archiver or a storage device, such as `lost+found`, `__MACOSX` or `@eaDir`;
 * - `hidden`: its name begins with a dot;
 * - `special`: a named pipe, a device or a socket;
 * - `link`: a link that leads nowhere, or in a circle;
 * - `stray`: an image beside the domains' folders, in none of them.
 */
export type PassedOverKind = 'other' | 'system' | 'hidden' | 'special' | 'link' | 'stray';

/** A file or folder that is not read. */
export interface PassedOverFile {
  /** Absolute path; a folder stands for all it holds. */
  readonly file: string;
  /** Why it is not read. */
  readonly kind: PassedOverKind;
  /** What people call it: the extension of `other` files, what a `special` one is, else its name. */
  readonly called: string;
}

/** How many files and folders are not read for one reason. */
export interface PassedOverCount {
  /** The reason. */
  readonly kind: PassedOverKind;
  /** How many, a folder counted as one. */
  readonly count: number;
  /** How often each extension or name occurs, the most frequent first; of rare ones beyond ten, none. */
  readonly called: Readonly<Record<string, number>>;
}

const shownNames = 10;
const order: readonly PassedOverKind[] = ['other', 'stray', 'system', 'hidden', 'special', 'link'];

/**
 * Counts what is not read, by reason.
 *
 * @param files files and folders that were passed over, in any order
 */
export function countPassedOver(files: readonly PassedOverFile[]): PassedOverCount[] {
  return order.flatMap((kind) => {
    const ofKind = files.filter((file) => file.kind === kind);
    if (ofKind.length === 0) return [];
    const counts = new Map<string, number>();
    for (const { called } of ofKind) counts.set(called, (counts.get(called) ?? 0) + 1);
    const frequent = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, shownNames);
    return [{ kind, count: ofKind.length, called: Object.fromEntries(frequent) }];
  });
}

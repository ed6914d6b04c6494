import { ForeignLinkError } from '@stargan/data';
import { StatisticsError } from '@stargan/evaluation';
import { FolderHeldError } from '@stargan/folder-lock';

/** A mistake in what the user asked for: reported without a stack, exit code 2. */
export class UsageError extends Error {
  /** Tells it apart from other errors, also where two copies of the package are loaded. */
  override readonly name = 'UsageError';
}

/** Whether an error, of ours or of a package, is a mistake in what the user asked for. */
export const isUsageError = (error: unknown): boolean =>
  [UsageError, ForeignLinkError, StatisticsError, FolderHeldError].some((mistake) => error instanceof mistake);

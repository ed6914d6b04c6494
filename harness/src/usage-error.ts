import { UsageError } from '@stargan/command-line';
import { ConfigError } from '@stargan/config';
import { ForeignLinkError } from '@stargan/data';
import { PictureFolderError, StatisticsError, TooFewDomainsError } from '@stargan/evaluation';
import { FolderHeldError } from '@stargan/folder-lock';

export { UsageError };

/** Whether an error, of ours or of a package, is a mistake in what the user asked for. */
export const isUsageError = (error: unknown): boolean =>
  [UsageError, ConfigError, ForeignLinkError, StatisticsError, PictureFolderError, TooFewDomainsError, FolderHeldError].some(
    (mistake) => error instanceof mistake,
  );

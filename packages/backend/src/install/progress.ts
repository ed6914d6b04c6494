import { readdirSync, statSync, type Dirent } from 'node:fs';
import { join } from 'node:path';

/** Bytes of the files in a folder that other programs may be changing: what is gone by the time of a look is left out. */
export function sizeOf(folder: string): number {
  let bytes = 0;
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += sizeOf(path);
    else if (entry.isFile()) bytes += fileSize(path);
  }
  return bytes;
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function fileSize(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

/**
 * A line on how far a download is, with the time left at its speed so far.
 *
 * @param total bytes in all, or undefined where that is not known
 * @param arrived bytes that came in these seconds
 */
export function progressLine(bytes: number, total: number | undefined, seconds: number, arrived = bytes): string {
  const megabytes = (size: number) => String(Math.round(size / 1e6));
  if (total === undefined || bytes > total) return `  ${megabytes(bytes)} MB so far`;
  const left = arrived > 0 ? (total - bytes) * (seconds / arrived) : undefined;
  const time = left === undefined ? '' : `, ${left < 90 ? `${String(Math.ceil(left))} s` : `${String(Math.round(left / 60))} min`} left`;
  return `  ${megabytes(bytes)} of about ${megabytes(total)} MB${time}`;
}

/**
 * Reports how much has arrived from time to time. Nothing that happens in here ends what is reported on.
 *
 * @param measure bytes that have arrived
 * @param report is given a line
 * @param options `before`: bytes that were there at the start
 * @returns a function that ends the reporting
 */
export function reportProgress(
  measure: () => number,
  total: number | undefined,
  report: (line: string) => void,
  {
    before = 0,
    everyMs = 5_000,
    now = () => Date.now(),
  }: { readonly before?: number; readonly everyMs?: number; readonly now?: () => number } = {},
): () => void {
  const start = now();
  // Some twenty lines in all, however long it takes.
  const step = Math.max(20e6, (total ?? 0) / 20);
  let reported = before;
  const timer = setInterval(() => {
    try {
      const bytes = measure();
      if (bytes < reported + step) return;
      reported = bytes;
      report(progressLine(bytes, total, (now() - start) / 1000, bytes - before));
    } catch {
      // What is counted may vanish meanwhile, and standard output may be closed.
    }
  }, everyMs);
  return () => {
    clearInterval(timer);
  };
}

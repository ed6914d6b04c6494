/** The text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** An error about a file: `caller: path: what went wrong`, with what was caught as its cause. */
export function fileError(caller: string, path: string, error: unknown): Error {
  return new Error(`${caller}: ${path}: ${messageOf(error)}`, { cause: error });
}

/** The system's code of an error (`'ENOENT'`, `'ENOSPC'`), if it has one. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** A table: headings, and the cells of each row. */
export interface Table {
  /** Of the columns. */
  readonly headings: readonly string[];
  /** Cells, as many as there are headings. */
  readonly rows: readonly (readonly string[])[];
}

/** Lines of text with aligned columns: the first two to the left, the others, which are numbers, to the right. */
export function formatTable({ headings, rows }: Table): string {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd();
  return all.map(line).join('\n');
}

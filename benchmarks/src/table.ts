/**
 * Lines of a table with aligned columns: the first to the left, the others to the right.
 *
 * @param rows cells, the same number in each; the first row is the heading
 */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `12.3`: three digits that count, whole numbers from 100 on, `1.2e-7` below a thousandth. */
export function threeDigits(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) < 1e-3) return value.toExponential(1);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(digits);
}

/** `1.2 MiB`: bytes in the largest unit that leaves at least 1. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(bytes, 1)) / 10)));
  return `${power === 0 ? String(bytes) : threeDigits(bytes / 1024 ** power)} ${units[power]!}`;
}

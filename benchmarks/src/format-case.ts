import type { ImageResult, TensorResult, VariantResult } from './run-case.js';
import { formatBytes, alignColumns, threeDigits } from './table.js';

interface Column<Result> {
  heading: string;
  cell: (result: Result) => string;
}

const optional = (value: number | undefined): string => (value === undefined ? '' : threeDigits(value));

const timeColumns: Column<VariantResult>[] = [
  { heading: 'median ms', cell: (r) => threeDigits(r.secondsMedian * 1e3) },
  { heading: 'mean ms', cell: (r) => threeDigits(r.secondsMean * 1e3) },
  { heading: 'variance ms²', cell: (r) => threeDigits(r.secondsVariance * 1e6) },
  { heading: 'runs/s', cell: (r) => threeDigits(r.runsPerSecond) },
  { heading: 'runs', cell: (r) => String(r.runs) },
];

const tensorColumns: Column<TensorResult>[] = [
  { heading: 'launches', cell: (r) => String(r.launches) },
  { heading: 'GFLOP', cell: (r) => threeDigits(r.flops / 1e9) },
  { heading: 'GFLOP/s', cell: (r) => optional(r.gigaflopsPerSecond) },
  { heading: '% of peak', cell: (r) => optional(r.shareOfPeak === undefined ? undefined : r.shareOfPeak * 100) },
  { heading: 'bytes', cell: (r) => formatBytes(r.peakBytes) },
];

const imageColumns: Column<ImageResult>[] = [
  { heading: 'images/s', cell: (r) => threeDigits(r.imagesPerSecond) },
  { heading: 'CPU ms/image', cell: (r) => threeDigits(r.cpuSecondsPerImage * 1e3) },
];

/** A table of the variants of one case; times are also given as multiples of the fastest one's. */
export function formatCase(title: string, results: readonly VariantResult[]): string {
  const fastest = Math.min(...results.map(({ secondsMedian }) => secondsMedian));
  const relative: Column<VariantResult> = { heading: '× fastest', cell: (r) => (r.secondsMedian / fastest).toFixed(2) };
  const heading = (columns: readonly { heading: string }[]): string[] => columns.map((column) => column.heading);
  const cells = <Result>(columns: readonly Column<Result>[], result: Result): string[] => columns.map(({ cell }) => cell(result));
  const others = results.some((result) => 'imagesPerSecond' in result) ? heading(imageColumns) : heading(tensorColumns);
  return alignColumns([
    [title, ...heading([relative, ...timeColumns]), ...others],
    ...results.map((result) => [
      `  ${result.variant}`,
      ...cells([relative, ...timeColumns], result),
      ...('imagesPerSecond' in result ? cells(imageColumns, result) : cells(tensorColumns, result)),
    ]),
  ]);
}

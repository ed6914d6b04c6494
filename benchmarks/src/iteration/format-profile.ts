import { alignColumns, threeDigits } from '../table.js';
import type { ArithmeticShare, IterationProfile, KernelShare, TimeShare } from './profile.js';

/** Lines that the table of shapes shows at most; JSON has all. */
const SHAPES = 25;

const HEADING = ['launches', 'ms', '% of time', 'GFLOP', 'GFLOP/s', '% of peak'];

/** The profile for people: arithmetic and the rest, then kernels, then the shapes that take most time. */
export function formatProfile(profile: IterationProfile): string {
  const { seconds, synchronous, matmulPeakGigaflopsPerSecond, arithmetic, otherKernels, betweenLaunches, kernels, shapes } = profile;
  const warning =
    'warning: on a GPU a launch returns before its kernel is done: these are times of launches and of waiting for earlier ones, not of kernels';
  const parts = alignColumns([
    ['part', ...HEADING],
    row('convolutions and matrix products', arithmetic),
    row('other kernels', otherKernels),
    row('between launches', betweenLaunches),
  ]);
  const listed = shapes.slice(0, SHAPES);
  const left = shapes.length - listed.length;
  return [
    `profile of one iteration: ${threeDigits(seconds)} s with profiling; matmul peak ${threeDigits(matmulPeakGigaflopsPerSecond)} GFLOP/s`,
    ...(synchronous ? [] : [warning]),
    '',
    parts,
    '',
    alignColumns([['kernel', ...HEADING], ...kernels.map(kernelRow)]),
    '',
    alignColumns([['kernel and shapes', ...HEADING], ...listed.map(kernelRow)]),
    ...(left > 0 ? [`and ${left} more; --json gives all`] : []),
  ].join('\n');
}

const kernelRow = (share: KernelShare): string[] =>
  row(share.shapes === undefined ? share.kernel : `${share.kernel} ${share.shapes}`, share, String(share.launches));

function row(name: string, share: TimeShare | ArithmeticShare, launches = ''): string[] {
  const time = [threeDigits(share.seconds * 1e3), threeDigits(share.share * 100)];
  const arithmetic =
    'flops' in share ? [share.flops / 1e9, share.gigaflopsPerSecond, share.shareOfPeak * 100].map(threeDigits) : ['', '', ''];
  return [name, launches, ...time, ...arithmetic];
}

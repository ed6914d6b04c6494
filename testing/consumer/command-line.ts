import {
  completionScript,
  createByteProgress,
  createProgress,
  formatDuration,
  formatTable,
  holds,
  manual,
  percent,
  portNumber,
  positiveNumber,
  progressLines,
  refuseEmpty,
  requireFolder,
  requireWritable,
  resolveLinks,
  runStoppable,
  share,
  shells,
  stopSignal,
  threadCount,
  UsageError,
  wholeNumber,
  type ByteProgress,
  type OptionValues,
  type Progress,
  type ProgressOptions,
  type Shell,
  type StoppableOutcome,
  type StopSignal,
  type StopSurroundings,
  type Table,
} from '@stargan/command-line';

const shell: Shell = shells[0]!;
const values: OptionValues = { '--preset': ['small', 'large'] };
console.log(shell, values, typeof completionScript, typeof manual);

const task = async (signal: AbortSignal): Promise<StoppableOutcome> => (signal.aborted ? 'stopped' : 'completed');
await requireFolder('--data', '.').catch((error: unknown) => console.log(error instanceof UsageError));
await requireWritable('--out', 'results');
await runStoppable('stopping', task);
const surroundings: StopSurroundings = {
  on: () => undefined,
  off: () => undefined,
  exit: () => undefined,
  write: (_, shown) => shown(),
  now: () => 0,
};
const stop: StopSignal = stopSignal('stopping', surroundings);
stop.release();
console.log(stop.exitCode(), holds(await resolveLinks('.'), await resolveLinks('results')), refuseEmpty.length);

const table: Table = { headings: ['name', 'kind', 'size'], rows: [['a', 'b', percent(0.25)]] };
console.log(formatTable(table), formatDuration(75), [
  wholeNumber('1'),
  positiveNumber('1'),
  threadCount('2'),
  portNumber('0'),
  share('0.5'),
]);
const shown: ProgressOptions = { bar: '{bar} {value}', line: '{value} of {total}', secondsBetweenLines: 1 };
const progress: Progress = createProgress(shown);
progress.update(1, 2);
progress.stop();
progressLines(shown, (line) => console.log(line)).update(1, 2);
const bytes: ByteProgress = createByteProgress('weights.pth');
bytes.update(1e6, undefined);
bytes.stop();

import { reportDataset, type Dataset, type DatasetReport } from '@stargan/data';
import { describeDataset } from '@stargan/data/inspection';

/**
 * Logs what is read of a data set, what is not, and why.
 *
 * @param log prints a line; to standard error by default
 * @returns the same as plain data
 */
export function logDataset(dataset: Dataset, log: (line: string) => void = console.error): DatasetReport {
  const report = reportDataset(dataset);
  for (const line of describeDataset(report)) log(line);
  return report;
}

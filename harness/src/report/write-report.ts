import { writeWholeFile } from '@stargan/checkpoints';
import { metricTable, type Metric } from '@stargan/metrics';
import { createPictureEmbedder, reportPage } from '@stargan/report';
import { runPaths } from '@stargan/run';
import { runReport } from './run-report.js';

/**
 * Writes `report.html` of a run, a page that needs no other file to be read; gives its path. Large pictures are reduced,
 * with links to their files, so that the page stays below some twenty megabytes.
 *
 * @param run folder of the run
 * @param table metrics that are shown
 * @throws UsageError when there is no run
 */
export async function writeReport(run: string, table: readonly Metric[] = metricTable): Promise<string> {
  const { report } = runPaths(run);
  const document = await runReport(run, createPictureEmbedder(report), table);
  await writeWholeFile(report, await reportPage(document));
  return report;
}

import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { metricTable } from '@stargan/metrics';
import { escapeHtml, figure, type LiveReport, type PictureFile, type PictureRow, serveReport, sizeOf } from '@stargan/report';
import { readRunRecord, runPaths, isTraining } from '@stargan/run';
import { runReport } from './run-report.js';

/**
 * Serves the report of a run on the loopback address; the page follows the training.
 *
 * @param run folder of the run
 * @param port to listen on; the first that is free by default
 * @throws UsageError when there is no run
 * @throws Error when no port is free
 */
export async function watchReport(run: string, port?: number): Promise<LiveReport> {
  await readRunRecord(run);
  const { config, data, history, log, speed, samples, metrics, evaluations, evaluationLog, best } = runPaths(run);
  const watched = [config, data, history, log, speed, samples, metrics, evaluations, evaluationLog, best];
  return serveReport({
    read: () => runReport(run, { row: servedRow, figure: servedFigure }, metricTable),
    async stamp() {
      const states = await Promise.all(
        watched.map((file) =>
          stat(file).then(
            ({ size, mtimeMs }) => `${size} ${mtimeMs}`,
            () => '',
          ),
        ),
      );
      // A picture appears whole, under its own name.
      const pictures = await readdir(samples).catch(() => []);
      return [...states, pictures.length, await isTraining(run)].join('\n');
    },
    pictures: samples,
    port,
  });
}

/** Where a picture is asked for. */
const addressOf = (file: string): string => `pictures/${path.basename(file)}`;

const servedFigure = (file: string, caption: string): Promise<string> => Promise.resolve(figure(addressOf(file), caption));

/** A row whose pictures are asked for when they are looked at. */
async function servedRow(kind: string, caption: string, files: readonly PictureFile[]): Promise<PictureRow | undefined> {
  const last = files.at(-1);
  const size = last && (await sizeOf(last.file));
  if (size === undefined) return undefined;
  const pictures = files.map(({ iteration, file }) => ({ iteration, source: addressOf(file) }));
  return { kind, caption: escapeHtml(caption), ...size, pictures };
}

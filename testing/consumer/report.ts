import {
  cards,
  createPictureEmbedder,
  curveOf,
  dataTable,
  definitionTable,
  escapeHtml,
  figure,
  findWarnings,
  logChart,
  meanOf,
  noteList,
  reportPage,
  serveReport,
  sizeOf,
  stretchesOf,
  trainingRules,
  warningList,
  type Chart,
  type LiveReport,
  type LiveReportOptions,
  type LogLine,
  type PageOptions,
  type Picture,
  type PictureBudget,
  type PictureEmbedder,
  type PictureFile,
  type PictureRow,
  type ReportDocument,
  type ReportSection,
  type TrainingRecord,
  type TrainingWarning,
  type WarningRule,
} from '@stargan/report';

const log: LogLine[] = [1, 2].map((iteration) => ({ iteration, loss: 1 / iteration }));
const chart: Chart | undefined = logChart(log, { loss: 'loss' }, { title: 'Loss', y: 'loss' });
const stretches = stretchesOf(log);
const values: (number | null)[] = curveOf(stretches, meanOf('loss'));

const budget: PictureBudget = { pictureBytes: 1e6, pageBytes: 1e7 };
const embedder: PictureEmbedder = createPictureEmbedder('report.html', budget);
const files: PictureFile[] = [{ iteration: 1, file: '1.png' }];
const row: PictureRow | undefined = await embedder.row('grid', 'A grid', files);
const pictures: readonly Picture[] = row?.pictures ?? [];
const size = await sizeOf('1.png');

const rule: WarningRule = { name: 'mine', title: 'Mine', find: ({ losses }) => (losses.length > 3 ? 'long' : undefined), advice: 'Wait.' };
const record: TrainingRecord = { losses: log, speed: [], settings: {}, events: [] };
const warnings: TrainingWarning[] = findWarnings(record, [...trainingRules, rule]);

const section: ReportSection = {
  id: 'all',
  heading: escapeHtml('All'),
  html: [
    cards([['1', 'one']]),
    dataTable(['a'], [['1']]),
    definitionTable([['a', '1']]),
    figure('1.png', 'a'),
    noteList(['a']),
    warningList(warnings),
  ].join(''),
  rows: row === undefined ? [] : [row],
  charts: chart === undefined ? [] : [chart],
};
const document: ReportDocument = { title: 'A training', sections: [section] };
const options: PageOptions = { live: false };
console.log((await reportPage(document, options)).length, values, pictures.length, size?.width);

const live: LiveReportOptions = { read: () => Promise.resolve(document), stamp: () => Promise.resolve(''), pictures: 'samples', port: 0 };
const served: LiveReport = await serveReport(live);
await served.close();

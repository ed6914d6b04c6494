export { type Chart, curveOf, logChart, type LogLine, meanOf, stretchesOf } from './chart.js';
export { type Picture, type PictureRow, type ReportDocument, type ReportSection } from './document.js';
export { createPictureEmbedder, type PictureBudget, type PictureEmbedder, type PictureFile, sizeOf } from './embed-picture.js';
export { cards, dataTable, definitionTable, escapeHtml, figure, noteList } from './html.js';
export { type PageOptions, reportPage } from './page.js';
export { type LiveReport, type LiveReportOptions, serveReport } from './serve-report.js';
export { findWarnings, trainingRules, type TrainingWarning, type WarningRule } from './warnings/rules.js';
export { type TrainingRecord } from './warnings/training-record.js';
export { warningList } from './warnings/warning-list.js';

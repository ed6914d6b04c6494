export { checkDataset, type CheckDatasetOptions, type CheckRemedies, type DatasetCheck } from './check-dataset.js';
export { contactSheet, contactStrips, stripUrl, type ContactStrip } from './contact-sheet.js';
export { counted, formatCount } from './counts.js';
export { describeDataset, describeFoundImages } from './describe-dataset.js';
export { describeInspection, type InspectionWords } from './describe-inspection.js';
export { evenlySpread } from './evenly-spread.js';
export { describeBalance, describeRange, datasetFindingsOf, formatBytes, type DatasetFinding } from './findings.js';
export {
  compareFingerprints,
  describeFingerprintDifference,
  fingerprintDataset,
  type DatasetFingerprint,
  type FingerprintDifference,
} from './fingerprint.js';
export {
  inspectDataset,
  type DomainInspection,
  type InspectedRange,
  type Inspection,
  type InspectOptions,
  type Remark,
} from './inspect-dataset.js';
export { compareWithKeptFingerprint, type ComparedImages } from './kept-fingerprint.js';

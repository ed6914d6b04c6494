export { compareFolders, type ComparedSet, type CompareOptions, type FolderComparison } from './compare-folders.js';
export { conventionOf, FID_NAMES, PIXELS_VERSION, type FidName, type ScoredConvention } from './conventions.js';
export { openEvaluationData, TooFewDomainsError, type DomainImages, type EvaluationData } from './evaluation-images.js';
export { hashFiles, turnedNote, type HashedFile, type HashedFiles } from './hashed-files.js';
export { featuresFolder, featuresOfFiles, type FeaturesOfFilesOptions } from './features-of-files.js';
export { openPictureFolders, PictureFolderError, pictureName, type PictureFolders } from './picture-folders.js';
export { StatisticsError } from './statistics-error.js';

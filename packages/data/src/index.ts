export { sampleAugmentation, type Augmentation, type AugmentationOptions } from './augmentation.js';
export { listDomains, openDataset, type Dataset } from './dataset.js';
export { checkImages, type CheckImagesOptions } from './check-images.js';
export { BrokenImagesError, findTooManyBroken } from './corrupt-limit.js';
export { reportDataset, type DatasetReport, type SplitReport } from './dataset-report.js';
export { decodeImage, type DecodeOptions, type ImageReading } from './decode-image.js';
export { writeDemoImages, type DemoImages, type DemoImagesOptions } from './demo-images.js';
export {
  demoBackgrounds,
  demoShapes,
  demoTextures,
  sampleDemoPicture,
  type DemoBackground,
  type DemoChoice,
  type DemoPicture,
  type DemoPlace,
  type DemoShape,
  type DemoStyle,
  type DemoTexture,
} from './demo-picture.js';
export { ImageFileError, type ImageFileProblem } from './image-file-error.js';
export {
  findImages,
  listImages,
  openImageFolders,
  type DomainFolder,
  type FoundImages,
  type ImageFolders,
  type ImageFoldersOptions,
} from './image-folders.js';
export { recogniseImage, recognisedBytes, type ImageFormat, type RecognisedImage } from './image-formats.js';
export type { ImageHeader } from './image-header.js';
export { inspectImageHeader, type InspectImageHeaderOptions } from './inspect-image-header.js';
export { loadFirstImages, type FirstImagesOptions } from './load-first-images.js';
export { loadImages } from './load-images.js';
export type { Oklch } from './oklch.js';
export { countPassedOver } from './passed-over.js';
export type { PassedOverCount, PassedOverFile, PassedOverKind } from './passed-over.js';
export { mapConcurrently } from './map-concurrently.js';
export { nameOfBytes, pathBytes, printablePath } from './path-names.js';
export { pixelsToFloats, type PixelsToFloatsOptions } from '@stargan/resizing';
export { readRegularFile } from './regular-file.js';
export { resizeBilinear, type Box, type RgbImage } from '@stargan/resizing';
export type { NotedImage, OnCorrupt, SkippedImage, TrainingBatch } from './training-batch.js';
export {
  planTrainingBatch,
  type PlannedImage,
  type TrainingPlan,
  type TrainingPlanOptions,
  type TrainingSampler,
} from './training-plan.js';
export { ForeignLinkError, linkDomains } from './link-domains.js';
export { createTrainingStream, type TrainingStream, type TrainingStreamOptions, type TrainingStreamStatistics } from './training-stream.js';
export { writePng } from './write-png.js';

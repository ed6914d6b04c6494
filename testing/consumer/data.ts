import { randomStream } from '@stargan/random';
import {
  BrokenImagesError,
  checkImages,
  countPassedOver,
  createTrainingStream,
  decodeImage,
  demoBackgrounds,
  demoShapes,
  demoTextures,
  findImages,
  findTooManyBroken,
  ImageFileError,
  inspectImageHeader,
  listDomains,
  listImages,
  loadImages,
  mapConcurrently,
  nameOfBytes,
  openDataset,
  openImageFolders,
  pathBytes,
  pixelsToFloats,
  planTrainingBatch,
  printablePath,
  readRegularFile,
  recogniseImage,
  recognisedBytes,
  reportDataset,
  resizeBilinear,
  sampleAugmentation,
  sampleDemoPicture,
  writeDemoImages,
  type Augmentation,
  type AugmentationOptions,
  type Box,
  type CheckImagesOptions,
  type Dataset,
  type DatasetReport,
  type DecodeOptions,
  type DemoBackground,
  type DemoChoice,
  type DemoImages,
  type DemoImagesOptions,
  type DemoPicture,
  type DemoPlace,
  type DemoShape,
  type DemoStyle,
  type DemoTexture,
  type DomainFolder,
  type FoundImages,
  type ImageFileProblem,
  type ImageFolders,
  type ImageFoldersOptions,
  type ImageFormat,
  type ImageHeader,
  type ImageReading,
  type InspectImageHeaderOptions,
  type NotedImage,
  type Oklch,
  type OnCorrupt,
  type PassedOverCount,
  type PassedOverFile,
  type PassedOverKind,
  type PixelsToFloatsOptions,
  type PlannedImage,
  type RecognisedImage,
  type RgbImage,
  type SkippedImage,
  type SplitReport,
  type TrainingBatch,
  type TrainingPlan,
  type TrainingPlanOptions,
  type TrainingSampler,
  type TrainingStream,
  type TrainingStreamOptions,
  type TrainingStreamStatistics,
} from '@stargan/data';

// Every option may be given as undefined, as a program does that passes its own on.
const shapes: readonly DemoShape[] = demoShapes;
const choice: DemoChoice = {
  textures: demoTextures satisfies readonly DemoTexture[],
  backgrounds: demoBackgrounds satisfies readonly DemoBackground[],
  rotation: undefined,
};
const demoOptions: DemoImagesOptions = {
  ...choice,
  seed: undefined,
  imagesPerDomain: 4,
  validationPerDomain: undefined,
  imageSize: 16,
  domains: shapes,
};
const demo: DemoImages = await writeDemoImages('pictures', demoOptions);
const picture: DemoPicture = sampleDemoPicture('circle', 'train', 0, 1, choice);
const [place, style]: [DemoPlace, DemoStyle] = [picture.place, picture.style];
const fill: Oklch = style.fill;

const dataset: Dataset = await openDataset(demo.directory, { minimumImages: undefined } satisfies ImageFoldersOptions);
const report: DatasetReport = reportDataset(dataset);
const split: SplitReport | undefined = report.splits[0];
const folders: ImageFolders = await openImageFolders(dataset.train.directory, {});
const domain: DomainFolder | undefined = folders.domains[0];
const found: FoundImages = await findImages('pictures/train/circle');
const passedOver: readonly PassedOverFile[] = found.passedOver;
const counts: PassedOverCount[] = countPassedOver(passedOver);
const kind: PassedOverKind | undefined = counts[0]?.kind;
console.log(place, fill, split, domain, kind, await listDomains('pictures/train'), await listImages('pictures/train/circle'));

const onCorrupt: OnCorrupt = 'replace';
const options: TrainingStreamOptions = {
  imageSize: 16,
  batch: 2,
  seed: 1,
  onCorrupt,
  cropProbability: undefined,
  startIteration: undefined,
  prefetch: undefined,
  workers: undefined,
  cacheBytes: undefined,
  maxPixels: undefined,
  corruptLimit: undefined,
};
const stream: TrainingStream = createTrainingStream(folders, options);
try {
  const batch: TrainingBatch = await stream.next();
  const images: Float32Array = batch.source.images;
  const statistics: TrainingStreamStatistics = stream.statistics();
  const noted: readonly NotedImage[] = statistics.noted;
  console.log(images, statistics.skipped[0]?.problem, noted);
} catch (error) {
  if (error instanceof BrokenImagesError) console.log(error.broken);
  if (error instanceof ImageFileError) {
    const problem: ImageFileProblem = error.problem;
    console.log(problem, error.file, error.remedy);
  }
} finally {
  await stream.close();
}
const plan: TrainingPlan = planTrainingBatch(folders, { seed: 1, iteration: 0, batch: 2 } satisfies TrainingPlanOptions);
const firstImages: TrainingSampler = (from, options) => planTrainingBatch(from, { ...options, iteration: 0 });
firstImages(folders, { seed: 1, iteration: 0, batch: 2 });
const planned: PlannedImage | undefined = plan.source[0];

const checking: CheckImagesOptions = { check: 'full', maxPixels: undefined, onProgress: undefined, signal: undefined };
const broken: SkippedImage[] = await checkImages(found.files, checking);
console.log(findTooManyBroken(folders, broken, 0.1)?.message);
const file = planned?.file ?? 'picture.png';
const reading: ImageReading = 'pillow';
const decoding: DecodeOptions = { maxPixels: undefined, name: undefined, reading };
const image: RgbImage = await decodeImage(file, decoding);
const header: ImageHeader = await inspectImageHeader(file, { maxPixels: undefined } satisfies InspectImageHeaderOptions);
const format: ImageFormat = header.format;
const recognised: RecognisedImage | undefined = recogniseImage((await readRegularFile(file)).subarray(0, recognisedBytes));
const augmentationOptions: AugmentationOptions = { cropProbability: undefined };
const augmentation: Augmentation = sampleAugmentation(image.width, image.height, randomStream(1, 'crop'), augmentationOptions);
const box: Box = augmentation.box;
const conversion: PixelsToFloatsOptions = { flip: augmentation.flip, target: undefined, offset: undefined };
const floats: Float32Array = pixelsToFloats(resizeBilinear(image, 16, 16, box), conversion);
const loaded: Float32Array = await loadImages([file], 16, { maxPixels: undefined, reading: undefined });
const sizes: number[] = await mapConcurrently([file], 2, async (each) => (await decodeImage(each)).width);
console.log(format, recognised?.name, floats, loaded, sizes, printablePath(nameOfBytes(Buffer.from(pathBytes(file)))));

import {
  compareFolders,
  conventionOf,
  featuresFolder,
  featuresOfFiles,
  FID_NAMES,
  hashFiles,
  openEvaluationData,
  openPictureFolders,
  PictureFolderError,
  pictureName,
  PIXELS_VERSION,
  StatisticsError,
  TooFewDomainsError,
  turnedNote,
  type ComparedSet,
  type CompareOptions,
  type DomainImages,
  type EvaluationData,
  type FeaturesOfFilesOptions,
  type FidName,
  type FolderComparison,
  type HashedFile,
  type HashedFiles,
  type PictureFolders,
  type ScoredConvention,
} from '@stargan/evaluation';
import { openDataset } from '@stargan/data';
import { openFeatureNetwork } from '@stargan/pretrained';

const fid: FidName = FID_NAMES[0];
const options: CompareOptions = { real: 'real', fake: 'fake', fids: [fid], seed: 1 };
const comparison: FolderComparison | undefined = await compareFolders(options).catch((error: unknown) => {
  if (error instanceof StatisticsError) return undefined;
  throw error;
});
const real: ComparedSet | undefined = comparison?.real;
const conventions: readonly ScoredConvention[] = comparison?.conventions ?? [];
console.log(real?.images, conventions, conventionOf(fid), PIXELS_VERSION, featuresFolder());

const hashed: HashedFiles = await hashFiles(['1.png'], 'skip');
const files: readonly HashedFile[] = hashed.files;
const network = await openFeatureNetwork('fid-clean');
const reading: FeaturesOfFilesOptions = { imageSize: 256, keep: false };
if (!('reason' in network)) console.log(await featuresOfFiles(network, files, reading), turnedNote('real', hashed.turned, files.length));

const data: EvaluationData | undefined = await openEvaluationData(await openDataset('photos'), { sources: 0, reals: 0 }, 'refuse').catch(
  (error: unknown) => {
    if (error instanceof TooFewDomainsError) return undefined;
    throw error;
  },
);
const domains: readonly DomainImages[] = data?.domains ?? [];
const folders: PictureFolders = await openPictureFolders('out', 'identity', ['cat2dog']);
await folders.begin('cat2dog').catch((error: unknown) => console.log(error instanceof PictureFolderError));
console.log(domains.length, pictureName(0, 1));

import { ForeignLinkError, linkDomains, loadFirstImages, writePng, type FirstImagesOptions } from '@stargan/data';
import { compareWithKeptFingerprint, describeInspection, type ComparedImages, type InspectionWords } from '@stargan/data/inspection';
import { prepareDataset, type BoxOptions, type BoxUse, type Preparation } from '@stargan/data/preparation';

await linkDomains('photos', ['cat', 'dog'], 'two').catch((error: unknown) => console.log(error instanceof ForeignLinkError));
const options: FirstImagesOptions = { refuse: false, onLeftOut: ({ file }) => console.log(file) };
const images: Float32Array[] = await loadFirstImages(['1.png'], 1, 16, options);
await writePng('red.png', { width: 1, height: 1, data: Uint8Array.of(255, 0, 0) }, 4);
const words: InspectionWords = { full: '--full', listedBy: '--json' };
export const compared: Promise<ComparedImages>[] = [];
console.log(images.length, words, describeInspection, compareWithKeptFingerprint);

const boxes: BoxOptions = { file: 'list_bbox_celeba.txt', margin: 0.3, without: 'centre' };
const prepared: Preparation = await prepareDataset('celeba', 'faces', { imageSize: 128, boxes });
const use: BoxUse | undefined = prepared.boxes;
console.log(use?.kind, use?.cropped, use?.withoutBox.length);

/* eslint-disable no-control-regex -- signatures hold bytes of every value */
/** A format that {@link decodeImage} reads. `pnm` is PBM, PGM and PPM, binary or in plain text. */
export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'avif' | 'bmp' | 'pnm';

/** What the first bytes of a file say that it is. */
export interface RecognisedImage {
  /** The format's name, as a sentence has it: `JPEG`, `HEIC`. */
  readonly name: string;
  /** The format, where it is one that is read. */
  readonly format?: ImageFormat;
}

/** The formats that are read, as a sentence lists them. */
export const readFormats = 'JPEG, PNG, WebP, GIF, TIFF, AVIF, BMP or PPM';

/** Bytes from the start of a file that {@link recogniseImage} needs to tell every format it knows. */
export const recognisedBytes = 512;

const formatNames: Readonly<Record<ImageFormat, string>> = {
  jpeg: 'JPEG',
  png: 'PNG',
  webp: 'WebP',
  gif: 'GIF',
  tiff: 'TIFF',
  avif: 'AVIF',
  bmp: 'BMP',
  pnm: 'PPM',
};

const readSignatures: readonly (readonly [ImageFormat, RegExp])[] = [
  ['jpeg', /^\xff\xd8\xff/],
  ['png', /^\x89PNG\r\n\x1a\n/],
  ['webp', /^RIFF[^]{4}WEBP/],
  ['gif', /^GIF8[79]a/],
  ['tiff', /^(II[*+]\0|MM\0[*+])/],
  ['bmp', /^BM[^]{8}[^]{4}[\x0c-\x7c]\0\0\0/],
  ['pnm', /^P[1-6][\s#]/],
];

/** Kinds of pictures that are known but not read. SVG is left out on purpose: it can name other files and cost any time to draw. */
const unreadSignatures: readonly (readonly [string, RegExp])[] = [
  ['SVG', /^(\xef\xbb\xbf)?\s*(<\?xml[^]*?)?(<!--[^]*?-->\s*|<!DOCTYPE[^>]*>\s*)*<svg[\s>]/i],
  ['JPEG XL', /^(\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n)/],
  ['JPEG 2000', /^(\0\0\0\x0cjP {2}\r\n\x87\n|\xff\x4f\xff\x51)/],
  ['Photoshop', /^8BPS\0[\x01\x02]/],
  ['Windows icon', /^\0\0[\x01\x02]\0[^]\0[^]{2}/],
  ['PFM or PAM', /^P[Ff7][\s#]/],
  ['OpenEXR', /^v\/1\x01/],
  ['Radiance HDR', /^#\?(RADIANCE|RGBE)/],
  ['DirectDraw surface', /^DDS /],
  ['QOI', /^qoif/],
  ['FITS', /^SIMPLE {2}=/],
  ['GIMP', /^gimp xcf/],
  ['MNG', /^[\x8a\x8b][MJ]NG\r\n/],
  ['PostScript', /^(%!PS|\xc5\xd0\xd3\xc6)/],
  ['PDF', /^%PDF-/],
  ['SGI', /^\x01\xda[\0\x01][\x01\x02]/],
  ['Sun raster', /^\x59\xa6\x6a\x95/],
  ['PCX', /^\x0a[\0-\x05]\x01[\x01\x02\x04\x08]/],
  ['OS/2 bitmap array', /^BA[^]{12}BM/],
  ['TIFF-like raw', /^(IIRO|IIRS|IIU\0|FUJIFILM)/],
];

const isoBrands: readonly (readonly [string, RegExp])[] = [
  ['HEIC', /^(hei[cxms]|hev[cxms])/],
  ['Canon raw', /^crx /],
  ['video', /^(isom|iso[2-9]|mp4|mp7|avc1|qt {2}|M4V|3gp|dash)/],
  ['HEIF', /^(mif[12]|msf1|miaf)/],
];

/**
 * Tells by the first bytes of a file whether it is a picture, and of which format. The name of the file plays no part.
 *
 * @param start the first {@link recognisedBytes} bytes of the file, or all of a shorter one
 * @returns `undefined` for what is no picture of a known kind
 */
export function recogniseImage(start: Uint8Array): RecognisedImage | undefined {
  const text = Buffer.from(start.buffer, start.byteOffset, Math.min(start.length, recognisedBytes)).toString('latin1');
  if (text.slice(4, 8) === 'ftyp') return isoImage(text);
  const read = readSignatures.find(([, signature]) => signature.test(text));
  if (read !== undefined) return { name: formatNames[read[0]], format: read[0] };
  const unread = unreadSignatures.find(([, signature]) => signature.test(text));
  return unread && { name: unread[0] };
}

/** The brands of a file in the ISO base media format: the major one, a version, and those it is compatible with. */
function isoImage(text: string): RecognisedImage {
  const boxBytes = Buffer.from(text.slice(0, 4), 'latin1').readUInt32BE();
  const brands = [text.slice(8, 12)];
  for (let at = 16; at + 4 <= Math.min(boxBytes, text.length); at += 4) brands.push(text.slice(at, at + 4));
  if (brands[0] === 'avis') return { name: 'AVIF sequence' };
  if (brands.includes('avif')) return { name: formatNames.avif, format: 'avif' };
  const known = isoBrands.find(([, brand]) => brands.some((candidate) => brand.test(candidate)));
  return { name: known?.[0] ?? 'ISO media' };
}

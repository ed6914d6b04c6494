/** Names that operating systems, archivers and storage devices put into people's folders, in lower case. */
const foreignNames = new Set([
  'lost+found', // ext2 … ext4, at the root of every file system
  'lost.dir', // Android
  '$recycle.bin',
  'recycler',
  'recycled',
  'system volume information',
  'thumbs.db',
  'ehthumbs.db',
  'ehthumbs_vista.db',
  'desktop.ini', // Windows
  '__macosx',
  'icon\r',
  'network trash folder',
  'temporary items', // macOS
  '@eadir',
  '#recycle',
  '#snapshot',
  '@sharebin',
  '@tmp', // Synology
  '@recycle',
  '@recently-snapshot', // QNAP
  '~snapshot', // NetApp
  '__pycache__',
]);

/** chkdsk's finds; streams that Synology and Windows keep beside a file. */
const foreignPatterns = [/^found\.\d{3}$/, /@syno(eastream|resource)$/, /:zone\.identifier$/];

/** Whether a file or folder of this name belongs to a system rather than to a data set. */
export function isForeignName(name: string): boolean {
  const lower = name.toLowerCase();
  return foreignNames.has(lower) || foreignPatterns.some((pattern) => pattern.test(lower));
}

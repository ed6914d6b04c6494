import { counted, formatCount } from '../inspection/counts.js';
import { describePassedOver } from '../inspection/describe-dataset.js';
import { printablePath } from '../path-names.js';
import type { BoxUse } from './box-options.js';
import type { Preparation, PreparedDomain } from './prepare-dataset.js';

/** Up to this many domains are named one by one. */
const namedDomains = 12;
/** Broken images and foreign pictures that are listed. */
const listed = 20;

/**
 * What was prepared, as lines of text.
 *
 * @param preparation as `prepareDataset` gives it
 */
export function describePreparation(preparation: Preparation): string[] {
  const { directory, imageSize, dryRun, made, kept, domains, broken, noted, enlarged, boxes, passedOver, foreign, notes } = preparation;
  const size = `${imageSize}×${imageSize}`;
  const makes = dryRun ? `would make ${counted(made, 'picture')}` : `made ${counted(made, 'picture')}`;
  return [
    `${makes} of ${size} in ${printablePath(directory)}${kept === 0 ? '' : `; ${formatCount(kept)} were there already`}`,
    describeDomains(domains),
    ...(boxes === undefined ? [] : describeBoxes(boxes, dryRun)),
    ...(passedOver.length === 0 ? [] : [`passed over in the source: ${describePassedOver(passedOver)}`]),
    ...(enlarged === 0
      ? []
      : [
          `${counted(enlarged, 'picture')} ${enlarged === 1 ? 'was' : 'were'} smaller than ${size} and had to be enlarged: no sharper than before`,
        ]),
    ...list(
      `${counted(broken.length, 'image')} cannot be used and ${broken.length === 1 ? 'is' : 'are'} left out`,
      broken,
      ({ file, reason }) => `${printablePath(file)}: ${reason}`,
    ),
    ...list('used, though odd', noted, (image) => `${printablePath(image.file)}: ${image.notes.join('; ')}`),
    ...list(
      `${counted(foreign.length, 'picture')} there of no image of the source (removed since, or put there by others); training reads ${foreign.length === 1 ? 'it' : 'them'} as well`,
      foreign,
      printablePath,
    ),
    ...notes.map((note) => `note: ${note}`),
  ];
}

function describeDomains(domains: readonly PreparedDomain[]): string {
  const validates = domains.some(({ validation }) => validation > 0);
  const describe = ({ name, train, validation }: PreparedDomain): string =>
    `${printablePath(name)} ${formatCount(train)}${validates ? ` + ${formatCount(validation)}` : ''}`;
  const sum = (split: 'train' | 'validation'): string => formatCount(domains.reduce((all, domain) => all + domain[split], 0));
  const total = validates ? `${sum('train')} to train on and ${sum('validation')} to validate with` : `${sum('train')} to train on`;
  const shown =
    domains.length <= namedDomains ? domains.map(describe) : [...domains.slice(0, 3).map(describe), `… ${describe(domains.at(-1)!)}`];
  return `${total}, ${counted(domains.length, 'domain')} (${shown.join(', ')})`;
}

function describeBoxes({ file, kind, margin, cropped, moved, shrunk, without, withoutBox }: BoxUse, dryRun: boolean): string[] {
  const changed = [
    ...(moved === 0 ? [] : [`${counted(moved, 'square')} stuck out and ${moved === 1 ? 'was' : 'were'} moved inside`]),
    ...(shrunk === 0 ? [] : [`${counted(shrunk, 'square')} did not fit and ${shrunk === 1 ? 'was' : 'were'} shrunk to the shorter side`]),
  ];
  const around = `${counted(cropped, 'picture')} ${dryRun ? 'would be ' : ''}cropped around the ${kind} of ${printablePath(file)}, margin ${margin}`;
  const are = withoutBox.length === 1 ? 'is' : 'are';
  return [
    [around, ...changed].join('; '),
    ...list(
      `${counted(withoutBox.length, 'image')} ${withoutBox.length === 1 ? 'has' : 'have'} no box and ${are} ${without === 'skip' ? 'left out' : 'cropped in the middle'}`,
      withoutBox,
      printablePath,
    ),
  ];
}

function list<Item>(heading: string, items: readonly Item[], describe: (item: Item) => string): string[] {
  if (items.length === 0) return [];
  const rest = items.length - listed;
  return [
    `${heading}:`,
    ...items.slice(0, listed).map((item) => `  ${describe(item)}`),
    ...(rest > 0 ? [`  and ${formatCount(rest)} more, listed by --json`] : []),
  ];
}

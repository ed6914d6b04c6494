import { parseFields } from '@stargan/config';
import { trainingFields } from '../config/training-config.js';
import { planTraining } from '../planning/plan-training.js';

const IMAGE_SIZES = [64, 128, 256, 512];
const BATCHES = [1, 2, 4, 8];

/** Ways of training that the table compares, as far as there are such config keys. */
const WAYS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'as it is': {},
  'with `gradientCheckpointing=blocks`': { gradientCheckpointing: 'blocks' },
};

/** Planned peaks with the reference's widths and two domains, as Markdown. */
export function memoryTable(): string {
  const ways = Object.entries(WAYS).filter(([, values]) => Object.keys(values).every((key) => key in trainingFields));
  const columns = ways.flatMap(([, values]) => BATCHES.map((batch) => ({ values, batch })));
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const header = [
    'resolution',
    ...ways.flatMap(([name]) => BATCHES.map((batch) => (ways.length === 1 ? `batch ${batch}` : `${name}, batch ${batch}`))),
  ];
  const body = IMAGE_SIZES.map((imageSize) => [
    `${imageSize}×${imageSize}`,
    ...columns.map(
      ({ values, batch }) =>
        `${(planTraining(parseFields(trainingFields, { ...values, imageSize, batch })).peakBufferBytes / 2 ** 30).toFixed(2)} GiB`,
    ),
  ]);
  return [row(header), row(header.map((_, column) => (column === 0 ? '---' : '---:'))), ...body.map(row)].join('\n');
}

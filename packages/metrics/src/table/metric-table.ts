import { coverage } from './coverage.js';
import { density } from './density.js';
import { domainAccuracy } from './domain-accuracy.js';
import { fid } from './fid.js';
import { kid } from './kid.js';
import { lpipsDiversity } from './lpips-diversity.js';
import type { Metric } from './metric.js';
import { precision } from './precision.js';
import { recall } from './recall.js';
import { styleDistance } from './style-distance.js';

/** All metrics of translations, in the order of tables: a row each. */
export const metricTable: readonly Metric[] = [
  fid,
  kid,
  precision,
  recall,
  density,
  coverage,
  lpipsDiversity,
  domainAccuracy,
  styleDistance,
];

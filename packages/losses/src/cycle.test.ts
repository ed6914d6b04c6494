import { cycleConsistencyLoss } from './cycle.js';
import { describeMeanAbsoluteDifference } from './testing/mean-absolute-difference-properties.js';

describeMeanAbsoluteDifference('cycleConsistencyLoss', cycleConsistencyLoss);

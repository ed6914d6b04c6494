import type { DatasetReport } from '@stargan/data';
import type { DatasetCheck } from '@stargan/data/inspection';

/** What a run keeps about its images: what was read, what was not, and why. */
export type DatasetRecord = DatasetReport & DatasetCheck;

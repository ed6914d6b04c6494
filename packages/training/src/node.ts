// Everything of this package in Node.js: what a browser takes as well, and checkpoints written to a disk.
export * from './index.js';
export { checkpointDirectory, readState, writeCheckpoint } from './files/checkpoint.js';
export { openNewestState, type OpenedState, type OpenStateOptions } from './files/open-newest-state.js';

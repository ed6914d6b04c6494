// What of this package a browser can do: reading. Types are those of index.ts.
export { openCheckpoint, openLatestCheckpoint } from './open-checkpoint.js';
export { openFolder } from './open-folder.browser.js';
export { openSafetensors, readSafetensors } from './safetensors-reader.browser.js';

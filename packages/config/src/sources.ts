export { keyFinder, type KeyFinder } from './key-finder.js';
export { parseAssignments } from './parse-assignments.js';
export { readConfigFile } from './read-config-file.js';

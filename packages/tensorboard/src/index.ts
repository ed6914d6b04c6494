export { openEventFile, type EventFile, type EventFileOptions } from './event-file.js';

export { readStatistics, writeStatistics, type StoredStatistics } from './statistics-file.js';

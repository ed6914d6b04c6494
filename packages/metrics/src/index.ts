export { meanPairwiseDistance } from './mean-pairwise-distance.js';

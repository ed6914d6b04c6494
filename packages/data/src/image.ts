export type { Box, RgbImage } from '@stargan/resizing';

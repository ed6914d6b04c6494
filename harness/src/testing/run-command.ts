import { captureOutput, type CapturedOutput } from '@stargan/testing/captured-output';
import { main } from '../cli/main.js';

/** Runs `stargan` with these arguments in this process; what it prints is kept, and the exit code is reset. */
export const stargan = (...argv: string[]): Promise<CapturedOutput> => captureOutput(() => main(argv));

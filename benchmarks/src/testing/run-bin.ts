import { fileURLToPath } from 'node:url';
import { runProgram, type ProgramResult } from '../iteration/run-program.js';

/** Runs one of the programs in `bin`. */
export function runBin(name: 'bench' | 'iteration', ...parameters: string[]): Promise<ProgramResult> {
  return runProgram(process.execPath, [fileURLToPath(new URL(`../../bin/${name}.js`, import.meta.url)), ...parameters]);
}

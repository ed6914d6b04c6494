import { basename } from 'node:path';
import { lastJson, runProgram } from './run-program.js';

/** What a peer program printed, and the time that it is compared by. */
export interface PeerResult {
  json: Record<string, unknown>;
  secondsBest: number;
  /** Most memory that its process ever had, where it says so; never that of a graphics card. */
  peakResidentBytes?: number;
}

/** Which Python program to compare with, and what to ask of it. */
export interface PeerOptions {
  python: string;
  file: string;
  imageSize: number;
  batch: number;
  iterations: number;
  /** Passed on only when given: a peer need not know it. */
  domains?: number;
  device?: string;
}

/**
 * Runs a peer program once. It takes `--img-size S --batch B --iterations N --json` and prints a JSON object with
 * the seconds of its best iteration after warm-up as `best_s` (or `secondsBest`), and its peak of
 * resident memory as `peak_gib` (or `peakResidentBytes`) if it likes.
 *
 * @throws when Python or what the program imports is missing, or its output is not as expected
 */
export async function runPeer({ python, file, imageSize, batch, iterations, domains, device }: PeerOptions): Promise<PeerResult> {
  const parameters = [file, '--img-size', String(imageSize), '--batch', String(batch), '--iterations', String(iterations), '--json'];
  if (domains !== undefined) parameters.push('--domains', String(domains));
  if (device !== undefined) parameters.push('--device', device);
  const name = basename(file);
  const { exitCode, signal, stdout, stderr } = await runProgram(python, parameters).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new Error(`peer: there is no program ${python}; install Python 3 or name one with --python PATH`);
  });
  if (exitCode !== 0) throw new Error(failure({ name, python, exitCode, signal, stderr }));
  const json = lastJson(name, stdout);
  const secondsBest = json.best_s ?? json.secondsBest;
  if (typeof secondsBest !== 'number' || !(secondsBest > 0)) {
    throw new Error(
      `peer: ${name} must print the seconds of its best iteration as best_s, got ${Object.keys(json).join(', ') || 'an empty object'}`,
    );
  }
  const peak = typeof json.peak_gib === 'number' ? json.peak_gib * 2 ** 30 : json.peakResidentBytes;
  // With a device of its own, a peer's peak is that of the device.
  const onProcessor = device === undefined || device === 'cpu';
  return { json, secondsBest, ...(onProcessor && typeof peak === 'number' && peak > 0 && { peakResidentBytes: peak }) };
}

interface Failure {
  name: string;
  python: string;
  exitCode: number | null;
  signal: string | null;
  stderr: string;
}

function failure({ name, python, exitCode, signal, stderr }: Failure): string {
  const missing = /No module named '([^']+)'/.exec(stderr)?.[1];
  if (missing !== undefined) {
    return `peer: ${name} needs the Python module ${missing}, which ${python} does not have; install it (${python} -m pip install ${missing}) or name a Python that has it with --python PATH`;
  }
  const last = stderr.trim().split('\n').slice(-5).join('\n');
  return `peer: ${name} ended with ${exitCode === null ? `signal ${signal}` : `exit code ${exitCode}`}${last === '' ? '' : `:\n${last}`}`;
}

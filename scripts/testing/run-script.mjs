import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../run.mjs';

/**
 * Runs a program of `scripts`.
 *
 * @param {string} name of its file
 * @param {string[]} args
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>}
 */
export function runScript(name, ...args) {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'scripts', name), ...args], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

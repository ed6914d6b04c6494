import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

/** Root folder of the repository. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const children = new Set();
let asked;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    asked = signal;
    if (children.size === 0) process.exit(exitCodeOf(signal));
    // The terminal sends ctrl-C to the whole group; twice would make the children skip their own orderly end.
    else if (!(signal === 'SIGINT' && process.stdin.isTTY)) for (const child of children) child.kill(signal);
  });
}

/**
 * Runs a program in the root folder, with its output passed through. Does not return after a signal: the program
 * is asked to end, and then this one ends with its code.
 *
 * @param {{ keep?: (text: string) => void, quiet?: boolean }} [options] as for spawn; `keep` is also given all that it
 *   prints, and with `quiet` alone is
 * @returns {Promise<number>} its exit code
 */
export async function run(command, args, { keep, quiet = false, ...options } = {}) {
  const output = keep === undefined ? 'inherit' : 'pipe';
  const code = await new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', output, output], ...options });
    children.add(child);
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      from?.setEncoding('utf8').on('data', (text) => {
        if (!quiet) to.write(text);
        keep(text);
      });
    }
    child.on('error', reject);
    child.on('close', (status, signal) => {
      children.delete(child);
      resolve(status ?? exitCodeOf(signal));
    });
  });
  if (asked !== undefined && children.size === 0) process.exit(code === 0 ? exitCodeOf(asked) : code);
  return code;
}

const started = performance.now();

/** Prints the heading of a step, with the seconds since the start. */
export function heading(text) {
  console.log(`\n[${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s] ${text}`);
}

function exitCodeOf(signal) {
  return { SIGHUP: 129, SIGINT: 130, SIGKILL: 137, SIGTERM: 143 }[signal] ?? 1;
}

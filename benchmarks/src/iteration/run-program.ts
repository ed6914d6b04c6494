import { spawn } from 'node:child_process';

/** What a program left behind. */
export interface ProgramResult {
  exitCode: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end. @throws as `spawn`, with code `ENOENT` when there is no such program */
export function runProgram(program: string, parameters: readonly string[]): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr }));
  });
}

/** The JSON object in the last line of a program's output, or in all of it. @throws when there is none */
export function lastJson(program: string, stdout: string): Record<string, unknown> {
  for (const text of [stdout, stdout.trim().split('\n').at(-1) ?? '']) {
    try {
      const value: unknown = JSON.parse(text);
      if (value instanceof Object && !Array.isArray(value)) return value as Record<string, unknown>;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  throw new Error(`${program} must print one JSON object with --json, got ${JSON.stringify(stdout.trim().slice(-200))}`);
}

import { vi } from 'vitest';
import type { Command } from 'commander';
import { runCommand } from '../exit-code.js';

/** Runs a command in this process; what it prints is kept, and the exit code is reset. */
export async function runHere(command: Command, ...argv: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((line: string) => void out.push(line)),
    vi.spyOn(console, 'error').mockImplementation((line: string) => void err.push(line)),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(String(text)) > 0),
  ];
  try {
    await runCommand(command, argv);
    return { exitCode: Number(process.exitCode ?? 0), stdout: out.join('\n'), stderr: err.join('\n') };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = undefined;
  }
}

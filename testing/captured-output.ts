import { vi } from 'vitest';

/** What a program that ran in this process has printed, by line, and its exit code. */
export interface CapturedOutput {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a program in this process; what it prints is kept, and the exit code is reset. */
export async function captureOutput(run: () => Promise<unknown>): Promise<CapturedOutput> {
  const [out, err]: [string[], string[]] = [[], []];
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((line: string) => void out.push(line)),
    vi.spyOn(console, 'error').mockImplementation((line: string) => void err.push(line)),
    vi.spyOn(console, 'warn').mockImplementation((line: string) => void err.push(line)),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(String(text)) > 0),
  ];
  try {
    await run();
    return { code: Number(process.exitCode ?? 0), out: out.join('\n'), err: err.join('\n') };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = undefined;
  }
}

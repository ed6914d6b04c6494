import type { System } from './system.js';

export interface Compiler {
  readonly command: string;
  /** Arguments that stand in $CXX before ours, as in `ccache g++`. */
  readonly args: readonly string[];
  /** First line of `--version`. */
  readonly version: string;
}

/** A C++ compiler: $CXX where it is set, else g++, c++ or clang++, whichever is found first. */
export async function findCompiler(system: System): Promise<Compiler | undefined> {
  const chosen = system.env.CXX?.trim();
  const candidates = chosen ? [chosen] : ['g++', 'c++', 'clang++'];
  for (const candidate of candidates) {
    const [command = candidate, ...args] = candidate.split(/\s+/);
    const answer = await system.run(command, [...args, '--version'], { timeoutMs: 30_000 });
    if (answer.status === 0) return { command, args, version: answer.stdout.split('\n')[0]?.trim() ?? '' };
  }
  return undefined;
}

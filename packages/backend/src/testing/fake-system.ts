import type { CommandOptions, CommandResult, Environment } from '../machine/run-command.js';
import type { System } from '../machine/system.js';
import type { ResolvedPackage } from '../resolve-package.js';

export type Answer = (command: string, args: readonly string[], options: CommandOptions) => Partial<CommandResult> | undefined;

export interface FakeMachine {
  /** What a program answers; undefined means that there is no such program. */
  readonly answer?: Answer;
  readonly env?: Environment;
  readonly platform?: string;
  readonly arch?: string;
  readonly freeBytes?: number;
  readonly files?: Readonly<Record<string, string>>;
  readonly packages?: readonly ResolvedPackage[];
  readonly libc?: string;
  /** Devices and other files that are there beside `files`. */
  readonly devices?: readonly string[];
}

/** A machine that runs nothing: programs answer as told, and `calls` lists the command lines. */
export function fakeSystem(machine: FakeMachine = {}): System & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    platform: machine.platform ?? 'linux',
    arch: machine.arch ?? 'x64',
    env: machine.env ?? {},
    home: '/home/someone',
    libc: machine.libc ?? 'glibc 2.36',
    run: (command, args, options = {}) => {
      calls.push([command, ...args].join(' '));
      const answer = machine.answer?.(command, args, options);
      const missing: CommandResult = { status: null, stdout: '', stderr: '', missing: true };
      return Promise.resolve(answer === undefined ? missing : { status: 0, stdout: '', stderr: '', missing: false, ...answer });
    },
    freeBytes: () => Promise.resolve(machine.freeBytes ?? 100e9),
    resolve: (name) => machine.packages?.find((candidate) => candidate.name === name),
    read: (path) => machine.files?.[path],
    exists: (path) => path in (machine.files ?? {}) || (machine.devices ?? []).includes(path),
  };
}

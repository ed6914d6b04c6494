import { ConfigError } from './config-error.js';

/** A number as people write it, such as `.0001`, `+1` or `1e-4`, which JSON does not always take. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Values that stand as `key=value` on a command line: numbers as people write them, JSON, or plain texts.
 *
 * @param assignments such as `learningRate=1e-4`
 * @param option that they are given with, for messages
 * @returns the values by key, not checked yet
 * @throws {ConfigError} where one is no assignment, or has no value
 */
export function parseAssignments(assignments: readonly string[], option = '--set'): Record<string, unknown> {
  return Object.fromEntries(
    assignments.map((assignment) => {
      const at = assignment.indexOf('=');
      if (at < 1) throw new ConfigError(`${option} takes key=value, got ${assignment}`);
      const text = assignment.slice(at + 1).trim();
      if (text === '') throw new ConfigError(`${option} ${assignment} gives no value; was a shell variable unset?`);
      return [assignment.slice(0, at).trim(), parseValue(text)];
    }),
  );
}

function parseValue(text: string): unknown {
  if (NUMBER.test(text)) return Number(text);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

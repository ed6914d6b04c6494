import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useTemporaryFolder } from '../testing/small-run.js';
import { createProgram, main, withSubcommands } from './main.js';

const folder = useTemporaryFolder();

let errors: string[] = [];
let output = '';

beforeEach(() => {
  errors = [];
  output = '';
  vi.spyOn(console, 'error').mockImplementation((line: string) => void errors.push(line));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => errors.push(String(text).trimEnd()) > 0);
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => (output += String(text)) !== '');
});

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** Calls the command in this process; errors must be one line. */
async function stargan(...argv: string[]): Promise<{ code: typeof process.exitCode; error: string }> {
  errors = [];
  process.exitCode = undefined;
  await main(argv);
  expect(errors.join('\n').split('\n').length, errors.join('\n')).toBe(1);
  return { code: process.exitCode, error: errors[0] ?? '' };
}

const commands = withSubcommands(createProgram('1.2.3')).slice(1);
const nameOf = (command: (typeof commands)[number]): string[] =>
  command.parent?.name() === 'stargan' ? [command.name()] : [command.parent!.name(), command.name()];

describe('stargan', () => {
  it.each([
    [['trian'], /did you mean train/i],
    [['train', '--out', 'x'], /--data/],
    [['train', '--data', 'x', '--out', 'y', '--set', 'batchs=2'], /unknown config key batchs; did you mean batch\?/],
    [['train', '--data', 'x', '--out', 'y', '--lr', '1'], /unknown option '--lr' \(a config value is set with --set learningRate=VALUE\)/],
    [['train', '--data', 'x', '--out', 'y', '--batch', 'two'], /whole number/],
    [
      ['train', '--data', 'x', '--out', 'y', '--threads', '0'],
      /a whole number from 1 to 1024 is needed; leave the option out for all cores/,
    ],
    [['train', '--data', 'x', '--out', 'y', '--set', 'beta1=1'], /beta1: must be < 1, got 1/],
    [
      ['train', '--data', 'x', '--out', 'y', '--image-size', '32', '--set', 'widthBudget=16'],
      /widthBudget: must be at least imageSize, 32/,
    ],
    [['train', '--data', 'x', '--out', 'y', '--image-size', '100000'], /imageSize: must be a power of two ≥ 16, got 100000/],
    [['train', '--data', 'absent', '--out', 'y'], /--data absent does not exist; check the path/],
    [['train', '--data', import.meta.filename, '--out', 'y'], /main\.test\.\w+ is not a folder; name the folder that holds the images/],
    [['train', '--data', 'x', '--out', 'x'], /--out x is the folder of the images itself/],
    [['train', '--data', 'x', '--out', 'x/run', '--resume'], /--out x\/run lies among the images in x/],
    [['ablation', '--data', 'x', '--out', 'x/ablation'], /lies among the images/],
    [['pairs', '--data', 'x/images', '--out', 'x'], /--data x\/images lies inside --out x/],
    [['ablation', '--data', 'x', '--out', 'y', '--configs', 'A,G'], /configurations are A, B, C, D, E, F, separated by commas; got G/],
    [['dataset', 'inspect', '--data', 'photos'], /unknown option '--data' \(--help says more\)/],
    [['plan', '--domains', '0'], /--domains must be at least 1/],
    [['plan', '--image-size', '100'], /imageSize: must be a power of two/],
    [['doctor', '--plan', '--domains', '0'], /--domains must be at least 1/],
    [['doctor', '--plan', '--image-size', '100'], /imageSize: must be a power of two/],
    [['sample', '--run', 'absent'], /holds no run/],
    [['sample', '--run', 'absent', '--psi', '0.5,'], /numbers ≥ 0, separated by commas, are needed/],
    [['sample', '--run', 'absent', '--rows', '0'], /a whole number ≥ 1 is needed/],
    [['evaluate', '--run', 'absent', '--outputs', '0'], /a whole number ≥ 1 is needed/],
    [['compare', '--real', 'absent', '--fake', 'absent'], /--real absent does not exist; check the path/],
    [['compare', '--real', '.', '--fake', '.', '--image-size', '100000'], /a whole number from 1 to 8192 is needed/],
  ])('refuses what is used wrongly with code 2 and one line: %j', async (argv, message) => {
    const result = await stargan(...argv);
    expect(result.error).toMatch(message);
    expect(result.code).toBe(2);
  });

  it.each(
    commands.flatMap((command) => command.options.filter(({ required }) => required).map((option) => [...nameOf(command), option.long!])),
  )('refuses an empty value: %s %s %s', async (...path) => {
    const { code, error } = await stargan(...path.filter((part) => part !== undefined), '');
    expect(error).toContain(`${path.filter((part) => part !== undefined).at(-1)!} has no value; was a shell variable unset?`);
    expect(code).toBe(2);
  });

  it('refuses an empty argument', async () => {
    expect(await stargan('weights', 'add', ' ')).toEqual({ code: 2, error: 'error: file has no value; was a shell variable unset?' });
  });

  it('prints its version', async () => {
    await main(['--version']);
    expect(output).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(process.exitCode).toBe(0);
  });

  it.each(commands.map((command) => [nameOf(command).join(' ')]))(
    'explains %s, with examples that use options there are and the exit codes',
    async (name) => {
      await main([...name.split(' '), '--help']);
      expect(process.exitCode).toBe(0);
      expect(output).toContain(`Usage: stargan ${name}`);
      expect(output).toContain('Exit codes: 0 done, 1 failed, 2 wrong usage');
      const examples = [...output.matchAll(/^ {2}(stargan [^|\n]+)/gm)].map(([, line]) => line!);
      expect(examples.length).toBeGreaterThan(0);
      const known = withSubcommands(createProgram('')).flatMap(({ options }) => options.map(({ long }) => long));
      for (const option of examples.join(' ').match(/--[a-z][a-z\d-]*/g) ?? []) expect(known).toContain(option);
    },
  );

  it('says where an error came from when it is asked to', async () => {
    await main(['--debug', 'sample', '--run', folder()]);
    expect(errors.join('\n')).toMatch(/^error: .*holds no run.*\nUsageError: .*\n +at /);
    delete process.env.STARGAN_DEBUG;
  });
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Argument, Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';
import { completionScript, shells } from './completion-script.js';

const folder = useTemporaryFolder((created) => {
  for (const name of ['photos', 'my runs']) mkdirSync(path.join(created, name));
  for (const name of ['photos.json', 'notes.txt']) writeFileSync(path.join(created, name), '');
  return Promise.resolve();
});

/** A program with everything that a shell has to tell apart. */
function program(): Command {
  const train = new Command('train')
    .description("Train it; that's all.")
    .requiredOption('--data <dir>', 'images: [one] folder')
    .option('--config <file>', 'a file')
    .option('-n, --iterations <n>', 'how many')
    .option('--set <key=value>', 'a value; may be given several times')
    .addOption(new Option('--precision <name>', 'which').choices(['float32', 'reduced']))
    .addOption(new Option('--secret', 'not shown').hideHelp())
    .option('--json', 'as JSON');
  const weights = new Command('weights')
    .addCommand(new Command('fetch').description('Fetch them.').option('--force', 'again'))
    .addCommand(new Command('add').argument('<file>', 'a file'));
  return new Command('my-gan')
    .option('--debug', 'more')
    .addCommand(train)
    .addCommand(weights)
    .addCommand(new Command('completion').addArgument(new Argument('<shell>').choices(['bash', 'zsh'])))
    .addCommand(new Command('old'), { hidden: true });
}

const VALUES = { '--set': ['batch=', 'beta1=', 'seed='] };

/** What bash would offer for a line, the last word of which is being typed. */
function offered(...words: string[]): string[] {
  const script = `${completionScript(program(), 'bash', VALUES)}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _my_gan 2> /dev/null
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const output = execFileSync('bash', ['--norc', '-c', script, 'bash', 'my-gan', ...words], { cwd: folder(), encoding: 'utf8' });
  return output.split('\n').filter((line) => line !== '');
}

describe('completion in bash', () => {
  it.each<[string[], string[]]>([
    [[''], ['train', 'weights', 'completion', '--debug', '-h', '--help']],
    [['tr'], ['train']],
    [['--debug', 'w'], ['weights']],
    [
      ['weights', ''],
      ['fetch', 'add', '-h', '--help'],
    ],
    [
      ['weights', 'fetch', '--'],
      ['--force', '--help'],
    ],
    [
      ['train', '--'],
      ['--data', '--config', '--iterations', '--set', '--precision', '--json', '--help'],
    ],
    [
      ['train', '--data', ''],
      ['my runs', 'photos'],
    ],
    [
      ['train', '--config', 'ph'],
      ['photos', 'photos.json'],
    ],
    [
      ['train', '--set', 'b'],
      ['batch=', 'beta1='],
    ],
    [['train', '--precision', 'r'], ['reduced']],
    [['train', '-n', ''], []],
    // A value that is the name of a command is none.
    [['train', '--data', 'weights', '--js'], ['--json']],
    [['weights', 'add', 'no'], ['notes.txt']],
    [
      ['completion', ''],
      ['bash', 'zsh', '-h', '--help'],
    ],
    [
      ['old', '--'],
      ['--debug', '--help'],
    ],
  ])('of %j is %j', (words, expected) => {
    expect(offered(...words).sort()).toEqual([...expected].sort());
  });
});

describe('completion scripts', () => {
  it.each(shells)('for %s name every visible command and option, and no hidden one', (shell) => {
    const script = completionScript(program(), shell, VALUES);
    for (const name of ['train', 'weights', 'fetch', 'force', 'data', 'iterations', 'precision', 'float32', 'beta1='])
      expect(script).toContain(name);
    expect(script).not.toMatch(/secret|\bold\b/);
  });

  it('quote what descriptions hold', () => {
    expect(completionScript(program(), 'zsh')).toContain(`'train:Train it'`);
    expect(completionScript(program(), 'zsh')).toContain(String.raw`'--data[images\: \[one\] folder]:dir:_files -/'`);
    const odd = new Command('x').addCommand(new Command('y').description("that's"));
    expect(completionScript(odd, 'zsh')).toContain(`'y:that'\\''s'`);
    expect(completionScript(odd, 'fish')).toContain(`-a y -d 'that\\'s'`);
  });
});

import { describe, expect, it } from 'vitest';
import { createProgress } from './progress.js';
import { createTerminalBar } from './terminal-bar.js';

/** A terminal that remembers what was written. */
function terminal(): { output: NodeJS.WriteStream; text: () => string } {
  let text = '';
  const output = { isTTY: true, columns: 80, write: (chunk: string) => (text += chunk) !== '' } as unknown as NodeJS.WriteStream;
  return { output, text: () => text };
}

const HIDE = '\x1B[?25l';
const SHOW = '\x1B[?25h';
const WRAP = '\x1B[?7h';

const count = (text: string, part: string): number => text.split(part).length - 1;

describe('a bar on a terminal', () => {
  it('gives the cursor and line wrap back when it stops', () => {
    const { output, text } = terminal();
    const bar = createTerminalBar('{value} {losses}', output);
    bar.update(1, 2, { losses: '' });
    bar.log('a line');
    bar.stop();
    bar.stop();
    expect(text().lastIndexOf(SHOW)).toBeGreaterThan(text().lastIndexOf(HIDE));
    expect(text().lastIndexOf(WRAP)).toBeGreaterThan(text().lastIndexOf('\x1B[?7l'));
    expect(count(text(), 'a line\n')).toBe(1);
  });

  it('gives them back when the process ends with the bar on', () => {
    const before = process.listeners('exit');
    const { output, text } = terminal();
    const bar = createTerminalBar('{value}', output);
    bar.update(1, 2, {});
    const added = process.listeners('exit').filter((listener) => !before.includes(listener));
    expect(added).toHaveLength(1);
    added[0]!(0);
    expect(text().endsWith(`${SHOW}${WRAP}\n`)).toBe(true);
    bar.stop();
    expect(process.listeners('exit')).toEqual(before);
  });

  it('listens to no signal: the command answers them', () => {
    const before = process.listenerCount('SIGINT');
    const { output } = terminal();
    const bar = createTerminalBar('{value}', output);
    bar.update(1, 2, {});
    expect(process.listenerCount('SIGINT')).toBe(before);
    bar.stop();
  });

  it('shows the same numbers again below a message', () => {
    const { output, text } = terminal();
    const progress = createProgress({ bar: '{value}/{total} | {speed} it/s | {losses}', line: '', output });
    progress.update(12, 12, { speed: '2.00', losses: 'D 1.00' });
    progress.log('waited 0.1 s for images');
    const shown = text().slice(text().indexOf('waited 0.1 s for images\n'));
    expect(shown).toContain('12/12');
    expect(shown).toContain('D 1.00');
    expect(shown).not.toContain('? it/s');
    progress.stop();
  });
});

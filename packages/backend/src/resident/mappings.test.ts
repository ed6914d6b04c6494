import { expect, test } from 'vitest';
import { mappedBytes } from './mappings.js';

const mapping = (head: string, kilobytes: number): string =>
  `${head}\nSize:               9999 kB\nRss:   ${String(kilobytes).padStart(10)} kB\nPss:                 1 kB\nVmFlags: rd wr mr mw me ac\n`;

test('mappings are files, stacks above a guard, or anonymous', () => {
  const smaps = [
    mapping('00400000-00500000 r-xp 00000000 fe:00 1234                               /usr/bin/a program', 1),
    mapping('01000000-02000000 rw-p 00000000 00:00 0                                  [heap]', 2),
    mapping('7f0000000000-7f0000001000 ---p 00000000 00:00 0 ', 0),
    mapping('7f0000001000-7f0000801000 rw-p 00000000 00:00 0 ', 4),
    // What is no guard: larger, or not right below.
    mapping('7f1000000000-7f1003000000 ---p 00000000 00:00 0 ', 0),
    mapping('7f1003000000-7f1004000000 rw-p 00000000 00:00 0', 8),
    mapping('7f2000000000-7f2000001000 ---p 00000000 00:00 0', 0),
    mapping('7f2000002000-7f2000003000 rw-p 00000000 00:00 0', 16),
    mapping('7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0                          [stack]', 32),
    mapping('ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]', 64),
    mapping('7f3000000000-7f3000001000 r--s 00000000 fe:00 99                         /tmp/gone (deleted)', 128),
  ].join('');
  expect(mappedBytes(smaps)).toEqual({ files: 129 * 1024, stacks: 36 * 1024, anonymous: 90 * 1024 });
});

test.each([
  ['nothing', ''],
  ['another text', 'VmRSS: 12 kB\n'],
  ['a mapping without its size', '00400000-00500000 r-xp 00000000 fe:00 1 /a\nSize: 1 kB\n'],
  ['a size without its mapping', 'Rss: 1 kB\n'],
  ['two mappings with one size', `00400000-00500000 r-xp 00000000 fe:00 1 /a\n${mapping('00600000-00700000 rw-p 00000000 00:00 0', 1)}`],
])('%s is refused', (_, text) => {
  expect(() => mappedBytes(text)).toThrow(/mappedBytes: expected the text of \/proc\/PID\/smaps/);
});

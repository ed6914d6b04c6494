import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fakeSystem } from '../testing/fake-system.js';
import { availableMemory } from './memory.js';

const meminfo = 'MemTotal:       16000000 kB\nMemFree:         1000000 kB\nMemAvailable:    8000000 kB\n';
const available = (files: Record<string, string>): number => availableMemory(fakeSystem({ files: { '/proc/meminfo': meminfo, ...files } }));

test('without control groups all that Linux calls available may be taken', () => {
  expect(available({})).toBe(8_000_000 * 1024);
  expect(available({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/memory.max': 'max\n', '/sys/fs/cgroup/memory.current': '5\n' })).toBe(
    8_000_000 * 1024,
  );
});

test('the limit of a container counts, less what is used in it, but for files that can be dropped', () => {
  const files = {
    '/proc/self/cgroup': '0::/\n',
    '/sys/fs/cgroup/memory.max': '4000\n',
    '/sys/fs/cgroup/memory.current': '3000\n',
    '/sys/fs/cgroup/memory.stat': 'anon 2500\ninactive_file 500\n',
  };
  expect(available(files)).toBe(1500);
});

test('a group above can be tighter than the own one', () => {
  const files = {
    '/proc/self/cgroup': '0::/a/b\n',
    '/sys/fs/cgroup/a/b/memory.max': '9000\n',
    '/sys/fs/cgroup/a/b/memory.current': '1000\n',
    '/sys/fs/cgroup/a/memory.max': '2000\n',
    '/sys/fs/cgroup/a/memory.current': '1900\n',
  };
  expect(available(files)).toBe(100);
});

test('the first version of control groups is read too, where a group of no limit has an enormous one', () => {
  const group = '/sys/fs/cgroup/memory/docker';
  const files = (limit: string) => ({
    '/proc/self/cgroup': '4:memory:/docker\n0::/\n',
    [`${group}/memory.limit_in_bytes`]: limit,
    [`${group}/memory.usage_in_bytes`]: '1000',
    [`${group}/memory.stat`]: 'total_inactive_file 10\n',
  });
  expect(available(files('5000'))).toBe(4010);
  expect(available(files('9223372036854771712'))).toBe(8_000_000 * 1024);
});

test('is never less than nothing nor more than what is available', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (limit, used) => {
      const bytes = available({
        '/proc/self/cgroup': '0::/',
        '/sys/fs/cgroup/memory.max': `${limit}`,
        '/sys/fs/cgroup/memory.current': `${used}`,
      });
      expect(bytes).toBe(Math.max(0, limit - used));
    }),
  );
});

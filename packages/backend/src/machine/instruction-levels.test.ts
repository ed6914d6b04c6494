import { expect, test } from 'vitest';
import { processors, withFlags } from '../testing/fake-processors.js';
import { fakeSystem } from '../testing/fake-system.js';
import { processorLevels } from './instruction-levels.js';

// Copied from machines, without what is no instruction set.
const texts = {
  'a Xeon Scalable': `sse sse2 ht syscall nx pdpe1gb rdtscp lm pni pclmulqdq ssse3 fma cx16 pcid sse4_1 sse4_2 x2apic movbe popcnt aes xsave
    avx f16c rdrand lahf_lm abm 3dnowprefetch bmi1 avx2 smep bmi2 avx512f avx512dq rdseed adx clflushopt clwb avx512cd avx512bw avx512vl`,
  'a Haswell': `sse sse2 ht syscall nx pdpe1gb rdtscp lm pni pclmulqdq ssse3 sdbg fma cx16 sse4_1 sse4_2 movbe popcnt aes xsave avx f16c rdrand
    lahf_lm abm bmi1 avx2 bmi2 erms`,
  'a Sandy Bridge': 'sse sse2 ht syscall nx rdtscp lm pni pclmulqdq ssse3 cx16 sse4_1 sse4_2 x2apic popcnt aes xsave avx lahf_lm',
  'a Nehalem': 'sse sse2 ht syscall nx rdtscp lm pni ssse3 cx16 sse4_1 sse4_2 popcnt lahf_lm',
};

test.each([
  ['a Xeon Scalable', ['x86-64-v4', 'x86-64-v3', 'x86-64-v2']],
  ['a Haswell', ['x86-64-v3', 'x86-64-v2']],
  ['a Sandy Bridge', ['x86-64-v2']],
  ['a Nehalem', []],
] as const)('%s has the levels %j', (name, levels) => {
  expect(processorLevels(fakeSystem(withFlags(texts[name].replace(/\s+/g, ' '))))).toEqual(levels);
});

test.each(['avx512vl', 'abm', 'movbe', 'popcnt', 'avx'])('a virtual machine that hides %s has no level that includes it', (hidden) => {
  const flags = texts['a Xeon Scalable'].split(/\s+/).filter((flag) => flag !== hidden);
  const left = { avx512vl: ['x86-64-v3', 'x86-64-v2'], abm: ['x86-64-v2'], movbe: ['x86-64-v2'], popcnt: [], avx: [] }[hidden];
  expect(processorLevels(fakeSystem(withFlags(flags.join(' '))))).toEqual(left);
});

test('there are no levels on other architectures, and none are guessed where Linux does not say', () => {
  expect(processorLevels(fakeSystem({ ...processors['x86-64-v4'], arch: 'arm64' }))).toEqual([]);
  expect(processorLevels(fakeSystem())).toEqual([]);
  expect(processorLevels(fakeSystem(withFlags('')))).toEqual([]);
});

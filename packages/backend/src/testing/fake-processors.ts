import type { FakeMachine } from './fake-system.js';

const avxFlags = 'fpu sse sse2 cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3 xsave avx';
const avx2Flags = `${avxFlags} avx2 bmi1 bmi2 f16c fma abm movbe`;
const avx512Flags = `${avx2Flags} avx512f avx512bw avx512cd avx512dq avx512vl`;

/** What Linux says of processors of each level of x64, and of one that hides too much. */
export const processors = {
  'x86-64-v4': withFlags(avx512Flags),
  'x86-64-v3': withFlags(avx2Flags),
  'x86-64-v2': withFlags(avxFlags),
  none: withFlags('fpu sse sse2 avx'),
} as const;

/** A processor with these flags; two of one level may differ in others. */
export function withFlags(flags: string): Required<Pick<FakeMachine, 'files'>> {
  return { files: { '/proc/cpuinfo': `processor\t: 0\nmodel name\t: Made up\nflags\t\t: ${flags}\nbugs\t\t: none\n\nprocessor\t: 1\n` } };
}

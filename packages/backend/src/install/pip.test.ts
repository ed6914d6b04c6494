import { expect, test } from 'vitest';
import { wheelSelection } from './pip.js';

const python = (version: string) => ({ executable: 'python3', version, pip: '24.0', flags: [] });

test.each(['3.10.0', '3.13.2'])('Python %s takes its own wheel', (version) => {
  expect(wheelSelection(python(version), 'x64')).toEqual(['--only-binary=:all:']);
});

test.each(['3.8.10', '3.9.2', '3.14.0'])('Python %s, which has none, takes the wheel of another', (version) => {
  const selection = wheelSelection(python(version), 'x64');
  expect(selection).toContain('--python-version=3.12');
  expect(selection).toContain('--platform=manylinux_2_27_x86_64');
});

test('an Arm machine takes Arm wheels', () => {
  expect(wheelSelection(python('3.9.2'), 'arm64')).toContain('--platform=manylinux_2_17_aarch64');
});

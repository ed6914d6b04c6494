import { expect, test } from 'vitest';
import { portableName, requireDomainName } from './portable-names.js';

test.each([
  ['cat', 'cat'],
  ['Größe (2)', 'Größe (2)'],
  ['cafe\u0301', 'caf\u00e9'],
  ['caf\udce9', 'caf_xe9'],
  ['a:b*c?', 'a_b_c_'],
  ['.hidden', '_hidden'],
  ['trailing. ', 'trailing__'],
  ['con', '_con'],
  ['LPT1.old', '_LPT1.old'],
  ['lost+found', '_lost+found'],
  ['bell\u0007', 'bell_x07'],
  ['', '_'],
])('%j becomes %j', (name, portable) => {
  expect(portableName(name)).toBe(portable);
});

test('long names are cut between characters', () => {
  const name = portableName('ü'.repeat(200));
  expect(Buffer.byteLength(name)).toBe(150);
  expect(name).toMatch(/^ü+$/);
});

test.each(['..', '.', 'a/b', 'a\\b', '.git', '__MACOSX'])('a domain cannot be called %j', (domain) => {
  expect(() => requireDomainName('here', domain)).toThrow(/^here: the domain ".*" .*; rename it$/);
});

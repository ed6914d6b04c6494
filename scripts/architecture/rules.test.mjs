import { describe, expect, test } from 'vitest';
import { drawPackages, drawRooms } from './draw.mjs';
import { findFaults, rankOf } from './rules.mjs';

const end = (file) => {
  const [, workspace, room] = /^(packages\/[^/]+|[^/]+)\/(?:src\/([^/]+))?/.exec(file);
  return { file, workspace, room };
};

/** Imports of a repository, each written `from → to`; what has no slash is someone else's. */
function importsOf(...lines) {
  const arrows = lines.map((line) => {
    const [from, to] = line.split(' → ');
    return { from: end(from), to: to.includes('/') ? end(to) : { file: to, external: to } };
  });
  return { ends: arrows.flatMap(({ from, to }) => [from, to]).filter(({ workspace }) => workspace !== undefined), arrows };
}

const house = { levels: [['packages/low'], ['packages/a', 'packages/b'], ['top']], rooms: {}, knownUpwards: {}, externals: {} };

describe('the rules of the house', () => {
  test('let a workspace import lower ones, and neither its neighbours nor higher ones', () => {
    const allowed = importsOf('top/src/x.ts → packages/a/src/x.ts', 'packages/a/src/x.ts → packages/low/src/x.ts');
    expect(findFaults(allowed, house)).toEqual([]);
    const refused = importsOf('packages/a/src/x.ts → packages/b/src/x.ts', 'packages/low/src/x.ts → top/src/x.ts');
    expect(findFaults(refused, house)).toEqual([
      'packages/a/src/x.ts imports packages/b/src/x.ts, but packages/a may not know packages/b',
      'packages/low/src/x.ts imports top/src/x.ts, but packages/low may not know top',
    ]);
  });

  test('ask for a place for every workspace and every room, and for no more than there are', () => {
    const imports = importsOf('packages/new/src/x.ts → packages/low/src/new/x.ts', 'top/src/x.ts → packages/low/src/x.ts');
    expect(findFaults(imports, { ...house, rooms: { top: ['*', 'gone'] } })).toEqual([
      'packages/new has no level: put it into architecture.config.mjs',
      'packages/low/src/new has no place among the rooms in architecture.config.mjs',
      'architecture.config.mjs names a room that is not there: top/src/gone',
    ]);
  });

  test('refuse arrows between rooms that run upwards, unless they are known, and known ones that are gone', () => {
    const imports = importsOf(
      'top/src/high/x.ts → top/src/low/x.ts',
      'top/src/low/x.ts → top/src/high/y.ts',
      'top/src/index.ts → top/src/high/x.ts',
    );
    const rooms = { top: ['low', 'high'] };
    expect(findFaults(imports, { ...house, rooms })).toEqual(['top: low → high runs upwards: top/src/low/x.ts imports top/src/high/y.ts']);
    expect(findFaults(imports, { ...house, rooms, knownUpwards: { top: ['low → high'] } })).toEqual([]);
    expect(findFaults(imports, { ...house, rooms, knownUpwards: { top: ['low → high', 'low → index.ts'] } })).toEqual([
      'top: low → index.ts is gone: take it off knownUpwards in architecture.config.mjs',
    ]);
  });

  test('limit what a package imports of others', () => {
    const imports = importsOf('packages/a/src/x.ts → sharp', 'packages/b/src/x.ts → sharp');
    expect(findFaults(imports, { ...house, externals: { 'packages/a': ['@tensorflow/tfjs-core'] } })).toEqual([
      'packages/a/src/x.ts imports sharp, but of others packages/a may import only @tensorflow/tfjs-core',
    ]);
  });

  test('name the files of a circle once', () => {
    const imports = importsOf('top/src/x.ts → top/src/y.ts', 'top/src/y.ts → top/src/x.ts');
    for (const arrow of imports.arrows) arrow.cycle = [arrow.to.file, arrow.from.file];
    expect(findFaults(imports, house)).toEqual(['these files import each other in a circle: top/src/x.ts → top/src/y.ts']);
  });

  test('put files without a place of their own where the star is', () => {
    expect(['low', 'other.ts', 'high', 'index.ts', 'folder'].map((room) => rankOf(room, ['low', '*', 'high']))).toEqual([0, 1, 2, 3, -1]);
    expect(['index.ts', 'node.ts'].map((room) => rankOf(room, ['low', 'index.ts', 'node.ts']))).toEqual([1, 2]);
  });
});

describe('the drawing', () => {
  test('leaves out arrows that follow from others', () => {
    const arrows = new Map([
      ['top', new Set(['packages/a', 'packages/low'])],
      ['packages/a', new Set(['packages/low'])],
      ['packages/low', new Set()],
    ]);
    expect(drawPackages(arrows, house).slice(1)).toEqual([
      'flowchart TD',
      '  n0["top"]',
      '  n1["a"]',
      '  n2["low"]',
      '  n0 --> n1',
      '  n1 --> n2',
      '```',
    ]);
  });

  test('dots arrows that run upwards, and draws the files beside the rooms as one', () => {
    const arrows = new Map([
      ['low', new Set(['high'])],
      ['high', new Set(['low', 'x.ts'])],
      ['x.ts', new Set(['y.ts'])],
      ['y.ts', new Set()],
    ]);
    expect(drawRooms(arrows, ['*', 'low', 'high']).slice(2, -1)).toEqual([
      '  n0["high"]',
      '  n1["low"]',
      '  n2["files beside them"]',
      '  n0 --> n1',
      '  n0 --> n2',
      '  n1 -.-> n0',
    ]);
  });
});

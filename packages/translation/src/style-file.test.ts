import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readSafetensors, writeSafetensors } from '@stargan/checkpoints';
import { describe, expect, it } from 'vitest';
import { RequestError } from './request-error.js';
import { readStyle, writeStyle } from './style-file.js';
import type { Style } from './style.js';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';

const folder = useTemporaryFolder();
const style: Style = { values: Float32Array.of(0.1, -2.5, 1e-30), domains: ['cat', 'größe'], origin: 'seed 1, psi 0.7', model: 'abc' };

describe('writeStyle and readStyle', () => {
  it('keep every bit of a style, its domains, origin and model', async () => {
    const file = path.join(folder(), 'new', 'style.safetensors');
    await writeStyle(file, style);
    expect(await readStyle(file)).toEqual(style);
    expect(await readdir(path.dirname(file))).toEqual(['style.safetensors']);
  });

  it('write plain safetensors, which other tools read', async () => {
    const file = path.join(folder(), 'plain.safetensors');
    await writeStyle(file, style);
    const { tensors, metadata } = await readSafetensors(file);
    expect(tensors.style).toMatchObject({ dtype: 'F32', shape: [3] });
    expect(metadata).toEqual({ format: 'stargan-style', domains: '["cat","größe"]', origin: 'seed 1, psi 0.7', model: 'abc' });
  });

  it('read a style without a model, and one whose origin has a name that is not UTF-8', async () => {
    const file = path.join(folder(), 'unknown.safetensors');
    await writeStyle(file, { ...style, origin: 'reference \udce9.png', model: undefined });
    expect(await readStyle(file)).toEqual({ ...style, origin: 'reference \ufffd.png', model: undefined });
  });

  const tensor = (values: readonly number[], shape = [values.length]): Parameters<typeof writeSafetensors>[1] => ({
    style: { dtype: 'F32', shape, data: Float32Array.from(values) },
  });
  it.each([
    ['no tensor', {}, { domains: '["cat"]' }, /tensor "style" must be F32 \[1 to 65536\], got none/],
    ['a matrix', tensor([1, 2], [1, 2]), { domains: '["cat"]' }, /got F32 \[1, 2\]/],
    ['no values', tensor([]), { domains: '["cat"]' }, /got F32 \[0\]/],
    ['too many values', tensor(Array.from({ length: 65_537 }, () => 0)), { domains: '["cat"]' }, /got F32 \[65537\]/],
    ['integers', { style: { dtype: 'I32' as const, shape: [1], data: Int32Array.of(1) } }, { domains: '["cat"]' }, /got I32 \[1\]/],
    ['a value that is not finite', tensor([1, Number.NaN]), { domains: '["cat"]' }, /its value 1 is NaN/],
    ['no domains', tensor([1]), {}, /"domains" must be a JSON list of names, got undefined/],
    ['an empty list of domains', tensor([1]), { domains: '[]' }, /must be a JSON list of names/],
    ['domains that are numbers', tensor([1]), { domains: '[1]' }, /must be a JSON list of names/],
    ['domains that are no JSON', tensor([1]), { domains: 'cat' }, /got "cat"/],
  ])('refuse a file with %s', async (name, tensors, metadata, message) => {
    const file = path.join(folder(), `${name}.safetensors`);
    await writeSafetensors(file, tensors, metadata);
    await expect(readStyle(file)).rejects.toThrow(RequestError);
    await expect(readStyle(file)).rejects.toThrow(message);
    await expect(readStyle(file)).rejects.toThrow(`${name}.safetensors holds no style`);
  });

  it('refuse what is no safetensors file, at once', async () => {
    const pipe = path.join(folder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const text = path.join(folder(), 'text');
    await writeFile(text, 'not a style at all');
    await mkdir(path.join(folder(), 'directory'));
    for (const file of [pipe, text, path.join(folder(), 'directory'), path.join(folder(), 'absent')]) {
      await expect(readStyle(file)).rejects.toThrow(RequestError);
      await expect(readStyle(file)).rejects.toThrow(`the style ${file} cannot be read`);
    }
  });

  it('refuse every truncated copy', async () => {
    const file = path.join(folder(), 'cut.safetensors');
    await writeStyle(file, style);
    const whole = await readFile(file);
    for (let length = 0; length < whole.length; length += 7) {
      await writeFile(file, whole.subarray(0, length));
      await expect(readStyle(file)).rejects.toThrow(RequestError);
    }
  });

  it('leave what was there when a style cannot be written', async () => {
    const file = path.join(folder(), 'kept.safetensors');
    await writeStyle(file, style);
    await mkdir(`${file}.partial`);
    await expect(writeStyle(file, { ...style, origin: 'other' })).rejects.toThrow(file);
    expect(await readStyle(file)).toEqual(style);
  });
});

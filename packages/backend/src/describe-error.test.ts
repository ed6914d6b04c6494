import { describe, expect, it } from 'vitest';
import { describeError } from './describe-error.js';

const system = (code: string, syscall: string, path?: string): Error =>
  Object.assign(new Error(`${code}: what the system calls it, ${syscall}${path === undefined ? '' : ` '${path}'`}`), {
    code,
    syscall,
    path,
  });

describe('describeError', () => {
  it('puts reasons of the operating system into words, with the path where there is one', () => {
    expect(describeError(system('EROFS', 'mkdir', '/disk/run'))).toBe('/disk/run: the disk is read-only (EROFS, mkdir)');
    expect(describeError(system('ENOSPC', 'write'))).toBe('no space is left on the disk (ENOSPC, write)');
    expect(describeError(system('ENOENT', 'open', 'x'))).toBe("ENOENT: what the system calls it, open 'x'");
  });

  it('is one line, whatever libraries say', () => {
    expect(describeError(new Error('wbuffer_write: write failed\nsystem error: Unknown error -1\n\n'))).toBe(
      'wbuffer_write: write failed; system error: Unknown error -1',
    );
  });

  it('puts what a colon announces behind it', () => {
    expect(describeError(new Error('peer.py ended with exit code 1:\nout of memory\nsorry'))).toBe(
      'peer.py ended with exit code 1: out of memory; sorry',
    );
  });

  it('says something of errors without a message, and of what is no error', () => {
    expect(describeError(new TypeError())).toBe('TypeError');
    expect(describeError(new AggregateError([new Error('a'), new Error('b')]))).toBe('a; b');
    expect(describeError('text')).toBe('text');
  });
});

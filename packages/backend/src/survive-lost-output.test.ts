import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { surviveLostOutput } from './survive-lost-output.js';

function outputs(): {
  stdout: EventEmitter;
  stderr: EventEmitter & { write: (text: string) => void };
  said: string[];
  failures: () => number;
  onFailure: () => void;
} {
  const said: string[] = [];
  let failed = 0;
  const stderr = Object.assign(new EventEmitter(), { write: (text: string) => void said.push(text) });
  return { stdout: new EventEmitter(), stderr, said, failures: () => failed, onFailure: () => failed++ };
}

const failure = (code: string, syscall = 'write'): Error => Object.assign(new Error(`${syscall} ${code}`), { code, syscall });

describe('surviveLostOutput', () => {
  it('passes over a reader that has gone without a word', () => {
    const given = outputs();
    surviveLostOutput(given);
    given.stdout.emit('error', failure('EPIPE'));
    given.stderr.emit('error', failure('EPIPE'));
    expect(given.said).toEqual([]);
    expect(given.failures()).toBe(0);
  });

  it('says once that a disk is full or a terminal broken, and counts it as a failure', () => {
    const given = outputs();
    surviveLostOutput(given);
    for (const code of ['ENOSPC', 'EIO', 'ENOSPC']) given.stdout.emit('error', failure(code));
    expect(given.said).toEqual(['warning: standard output cannot be written (ENOSPC); what it should hold from here on is lost\n']);
    expect(given.failures()).toBe(1);
  });

  it('leaves other errors to those who can tell what they mean', () => {
    const given = outputs();
    surviveLostOutput(given);
    expect(() => given.stdout.emit('error', failure('EBADMSG', 'read'))).toThrow('EBADMSG');
  });
});

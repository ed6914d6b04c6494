import { describe, expect, it } from 'vitest';
import { stopSignal, type StopSurroundings } from './stop-signal.js';

type Name = Parameters<StopSurroundings['on']>[0];

/** A process without a screen: texts wait until they are shown. */
function pretend(): {
  surroundings: StopSurroundings;
  send: (name: Name) => void;
  show: () => void;
  wait: (ms: number) => void;
  texts: string[];
  exits: number[];
  listening: () => number;
} {
  const listeners = new Map<Name, (name: Name) => void>();
  const unshown: (() => void)[] = [];
  const texts: string[] = [];
  const exits: number[] = [];
  let now = 0;
  const surroundings: StopSurroundings = {
    on: (name, listener) => listeners.set(name, listener),
    off: (name) => listeners.delete(name),
    exit: (code) => exits.push(code),
    write: (text, shown) => void (texts.push(text), unshown.push(shown)),
    now: () => now,
  };
  return {
    surroundings,
    send: (name) => listeners.get(name)?.(name),
    show: () => unshown.splice(0).forEach((shown) => shown()),
    wait: (ms) => (now += ms),
    texts,
    exits,
    listening: () => listeners.size,
  };
}

describe('stopSignal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('is aborted by %s, and gives the code %i to end with', (name, code) => {
    const { surroundings, send, texts, exits } = pretend();
    const stop = stopSignal('stopping soon', surroundings);
    expect(stop.exitCode()).toBeUndefined();
    send(name);
    expect(stop.signal.aborted).toBe(true);
    expect(stop.exitCode()).toBe(code);
    expect(texts).toEqual(['\nstopping soon; Ctrl-C once more to leave at once\n']);
    expect(exits).toEqual([]);
  });

  it('does not count a second Ctrl-C that came while nothing could be shown', () => {
    const { surroundings, send, exits, show, wait } = pretend();
    stopSignal('', surroundings);
    send('SIGINT');
    send('SIGINT');
    wait(60_000);
    send('SIGINT');
    show();
    expect(exits).toEqual([]);
  });

  it('counts a second Ctrl-C once the answer to the first could be read', () => {
    const { surroundings, send, exits, show, wait } = pretend();
    stopSignal('', surroundings);
    send('SIGINT');
    show();
    wait(900);
    send('SIGINT');
    expect(exits).toEqual([]);
    wait(100);
    send('SIGINT');
    expect(exits).toEqual([130]);
  });

  it('leaves at once at a Ctrl-C after another signal, but not at repeated SIGTERM or SIGHUP', () => {
    const { surroundings, send, exits, show, wait } = pretend();
    const stop = stopSignal('', surroundings);
    send('SIGTERM');
    show();
    wait(60_000);
    for (const name of ['SIGTERM', 'SIGHUP', 'SIGTERM'] as const) send(name);
    expect(exits).toEqual([]);
    expect(stop.exitCode()).toBe(143);
    send('SIGINT');
    expect(exits).toEqual([130]);
  });

  it('gives the signals back', () => {
    const { surroundings, listening } = pretend();
    const stop = stopSignal('', surroundings);
    expect(listening()).toBe(3);
    stop.release();
    expect(listening()).toBe(0);
  });
});

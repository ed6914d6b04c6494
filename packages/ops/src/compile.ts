/** Options of {@link Compile}. */
export interface CompileOptions {
  /** Keeps what is computed twice computed twice, and operations about in their order: for less memory. */
  readonly saveMemory?: boolean | undefined;
}

/**
 * Makes a function that does the same as `f`, faster: `(f) => capture(f)` with `capture` of `@stargan/backend` is one, which records `f` and replays it. `f`
 * takes and gives tensors, in records and lists, and launches the same operations in every call with the same shapes.
 */
export type Compile = <Arguments extends unknown[], Result>(
  f: (...given: Arguments) => Result,
  options?: CompileOptions,
) => Compiled<Arguments, Result>;

/** What {@link Compile} makes. */
export interface Compiled<Arguments extends unknown[], Result> {
  /** @param given what the compiled function takes */
  (...given: Arguments): Result;
  /** Frees what it keeps. */
  dispose(): void;
}

/** Compiles nothing: calls are plain ones. */
export const plainly: Compile = (f) => Object.assign((...given: Parameters<typeof f>) => f(...given), { dispose: () => undefined });

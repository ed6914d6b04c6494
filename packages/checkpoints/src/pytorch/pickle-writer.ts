/** A name of Python to mention, for functions that rebuild what is no plain value. */
export interface PythonName {
  readonly module: string;
  readonly name: string;
}

/** Writes the operations of a pickle (protocol 2, which every Python reads) one after another. */
export interface PickleWriter {
  none(): void;
  boolean(value: boolean): void;
  /** A whole number becomes an int, any other a float. */
  number(value: bigint | number): void;
  /** A float, whole or not. */
  float(value: number): void;
  text(value: string): void;
  list(items: Iterable<() => void>): void;
  tuple(items: Iterable<() => void>): void;
  dict(items: Iterable<readonly [key: () => void, value: () => void]>): void;
  /** Calls a function with the tuple that `args` writes. */
  call(callee: PythonName, args: readonly (() => void)[]): void;
  global(name: PythonName): void;
  /** Something outside the pickle, by the identifier that `id` writes. */
  persistent(id: () => void): void;
  /** All of it, ended. */
  finish(): Uint8Array;
}

const OP = {
  proto: 0x80,
  stop: 0x2e,
  mark: 0x28,
  none: 0x4e,
  true: 0x88,
  false: 0x89,
  int32: 0x4a,
  long: 0x8a,
  float: 0x47,
  text: 0x58,
  emptyList: 0x5d,
  appends: 0x65,
  tuple: 0x74,
  emptyDict: 0x7d,
  setItems: 0x75,
  global: 0x63,
  reduce: 0x52,
  persistent: 0x51,
};

function fourBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

/** Little endian in two's complement, with a byte for the sign. */
function longBytes(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push(Number(rest & 0xffn));
    rest >>= 8n;
  } while (rest !== (value < 0n ? -1n : 0n));
  bytes.push(value < 0n ? 0xff : 0);
  if (bytes.length > 255) throw new Error('integers of more than 254 bytes cannot be written');
  return Uint8Array.of(bytes.length, ...bytes);
}

function floatBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, false);
  return bytes;
}

export function pickleWriter(): PickleWriter {
  const pieces: Uint8Array[] = [Uint8Array.of(OP.proto, 2)];
  const put = (operation: number, ...operands: readonly Uint8Array[]): void => void pieces.push(Uint8Array.of(operation), ...operands);
  const ascii = (text: string): Uint8Array => new TextEncoder().encode(`${text}\n`);
  const writer: PickleWriter = {
    none: () => {
      put(OP.none);
    },
    boolean: (value) => {
      put(value ? OP.true : OP.false);
    },
    number(value) {
      if (typeof value === 'number' && !Number.isSafeInteger(value)) put(OP.float, floatBytes(value));
      else if (Object.is(value, -0)) put(OP.float, floatBytes(-0));
      else if (value >= -(2 ** 31) && value < 2 ** 31) put(OP.int32, fourBytes(Number(value) >>> 0));
      else put(OP.long, longBytes(BigInt(value)));
    },
    float: (value) => {
      put(OP.float, floatBytes(value));
    },
    text(value) {
      if (/\p{Surrogate}/u.test(value)) throw new Error(`the text ${JSON.stringify(value)} is not well-formed Unicode`);
      const bytes = new TextEncoder().encode(value);
      put(OP.text, fourBytes(bytes.byteLength), bytes);
    },
    list(items) {
      put(OP.emptyList);
      put(OP.mark);
      for (const item of items) item();
      put(OP.appends);
    },
    tuple(items) {
      put(OP.mark);
      for (const item of items) item();
      put(OP.tuple);
    },
    dict(items) {
      put(OP.emptyDict);
      put(OP.mark);
      for (const [key, value] of items) {
        key();
        value();
      }
      put(OP.setItems);
    },
    global: ({ module, name }) => {
      put(OP.global, ascii(module), ascii(name));
    },
    call(callee, args) {
      writer.global(callee);
      writer.tuple(args);
      put(OP.reduce);
    },
    persistent(id) {
      id();
      put(OP.persistent);
    },
    finish: () => Uint8Array.from(Buffer.concat([...pieces, Uint8Array.of(OP.stop)])),
  };
  return writer;
}

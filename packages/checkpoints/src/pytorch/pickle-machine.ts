import { decodeUtf8, pickleCursor } from './pickle-cursor.js';
import { byteBudget, COST, type Charge } from './pickle-budget.js';
import { setItems } from './pickle-dict.js';
import { decimalFloat, decimalInteger, longInteger, quotedText, rawUnicodeText } from './pickle-literals.js';
import {
  describe,
  isGlobal,
  isOpaque,
  isPickledTensor,
  isTuple,
  tuple,
  type OpaquePickle,
  type PickleDict,
  type PickleGlobal,
  type PickleKey,
  type PickleTuple,
  type PickleValue,
} from './pickle-values.js';
import { isHarmlessTensorState } from './rebuild-tensor.js';

/** What a pickle may name. */
export interface PickleRules {
  /** @throws where the name is not known. */
  findGlobal(module: string, name: string): PickleGlobal;
  /** What an identifier of something outside the pickle stands for. */
  findPersistent(id: PickleValue): PickleValue;
}

// A tensor takes about thirty steps.
const MAX_STEPS = 4_000_000;

/**
 * Reads a pickle (protocols 0 to 5) as data. A pickle is a program for a stack machine that may call any function of
 * Python; this machine knows only the names that `rules` finds, and what they give are plain values.
 *
 * @param charge takes from the memory that all pickles of a file may make together
 * @returns the value, and where the next byte after the pickle is
 * @throws PickleEndsEarly where the bytes end in the middle; Error naming what is not known or not well formed
 */
export function readPickle(
  bytes: Uint8Array,
  start: number,
  rules: PickleRules,
  charge: Charge = byteBudget(),
): { value: PickleValue; end: number } {
  const cursor = pickleCursor(bytes, start);
  const stack: PickleValue[] = [];
  const marks: number[] = [];
  const memo = new Map<number, PickleValue>();

  const pop = (): PickleValue => {
    const value = stack.length > (marks.at(-1) ?? 0) ? stack.pop() : undefined;
    if (value === undefined) throw new Error('the pickle takes more values than it has; the file is damaged');
    return value;
  };
  const top = (): PickleValue => {
    const value = pop();
    stack.push(value);
    return value;
  };
  const popMarked = (): PickleValue[] => {
    const mark = marks.pop();
    if (mark === undefined) throw new Error('the pickle lacks a mark; the file is damaged');
    return stack.splice(mark);
  };
  const popText = (): string => {
    const value = pop();
    if (typeof value !== 'string') throw new Error(`the pickle has ${describe(value)} for a name`);
    return value;
  };
  const remember = (index: bigint | number): void => {
    charge(COST.memo);
    memo.set(Number(index), top());
  };
  const recall = (index: bigint | number): void => {
    const value = memo.get(Number(index));
    if (value === undefined) throw new Error(`the pickle refers to value ${String(index)}, which it does not have`);
    stack.push(value);
  };
  const extend = (items: readonly PickleValue[]): void => {
    const list = top();
    const target = isOpaque(list) ? list.contents : list;
    if (!Array.isArray(target)) throw new Error(`the pickle appends to ${describe(list)}`);
    charge(COST.item * items.length);
    for (const item of items) target.push(item);
  };
  const assign = (pairs: readonly PickleValue[]): void => {
    const dict = top();
    // A class of its own that is a dict or a list besides.
    if (isOpaque(dict)) extend(pairs);
    else if (dict instanceof Map) setItems(dict, pairs, charge);
    else throw new Error(`the pickle sets an item of ${describe(dict)}`);
  };
  const list = (items: PickleValue[]): PickleValue[] => {
    charge(COST.list + COST.item * items.length);
    return items;
  };
  const tupleOf = (items: readonly PickleValue[]): PickleTuple => {
    charge(COST.tuple + COST.item * items.length);
    return tuple(items);
  };
  const dictOf = (pairs: readonly PickleValue[]): PickleDict => {
    charge(COST.dict);
    const dict: PickleDict = new Map<PickleKey, PickleValue>();
    setItems(dict, pairs, charge);
    return dict;
  };
  /** Takes the most that a text of so many bytes can need before it is made. */
  const room = (bytes: number): number => {
    charge(COST.text + 2 * bytes);
    return bytes;
  };
  const text = (length: number): string => cursor.utf8(room(cursor.within(length)));
  const bytesOf = (length: number): Uint8Array => {
    charge(COST.bytes + cursor.within(length));
    return cursor.bytes(length);
  };
  const long = (length: number): bigint | number => {
    charge(COST.long + cursor.within(length));
    return longInteger(cursor.bytes(length));
  };
  const shortLine = (): Uint8Array => {
    const bytes = cursor.line();
    room(bytes.byteLength);
    return bytes;
  };
  const line = (): string => decodeUtf8(shortLine());
  const globalOf = (module: string, name: string): PickleGlobal => {
    charge(COST.global + 2 * (module.length + name.length));
    return rules.findGlobal(module, name);
  };
  const opaque = (name: string, contents: readonly PickleValue[]): OpaquePickle => {
    charge(COST.opaque + COST.item * contents.length);
    return { kind: 'opaque', name, contents: [...contents] };
  };
  const callWith = (callee: PickleValue, args: readonly PickleValue[]): void => {
    charge(COST.list);
    if (isGlobal(callee) && callee.opaque === true) stack.push(opaque(callee.name, args));
    else if (isGlobal(callee) && callee.call !== undefined) stack.push(callee.call(args, charge));
    else throw new Error(`the pickle calls ${describe(callee)}, which is not to be called; nothing was run`);
  };
  const persistent = (id: PickleValue): PickleValue => {
    charge(COST.storage);
    return rules.findPersistent(id);
  };
  const popArguments = (): readonly PickleValue[] => {
    const args = pop();
    if (!isTuple(args)) throw new Error(`the pickle has ${describe(args)} for arguments`);
    return args.items;
  };

  for (let step = 0; step < MAX_STEPS; step++) {
    const opcode = cursor.byte();
    switch (opcode) {
      case 0x80: {
        // PROTO
        const protocol = cursor.byte();
        if (protocol > 5) throw new Error(`the pickle is of protocol ${String(protocol)}; known are 0 to 5`);
        break;
      }
      case 0x95:
        cursor.uint64();
        break; // FRAME: only says how much to read ahead
      case 0x2e: {
        // STOP
        const value = pop();
        return { value, end: cursor.position };
      }

      case 0x28:
        marks.push(stack.length);
        break; // MARK
      case 0x30: // POP, which may also take a mark away
        if (marks.at(-1) === stack.length && marks.length > 0) marks.pop();
        else pop();
        break;
      case 0x31:
        popMarked();
        break; // POP_MARK
      case 0x32:
        stack.push(top());
        break; // DUP

      case 0x4e:
        stack.push(null);
        break; // NONE
      case 0x88:
        stack.push(true);
        break; // NEWTRUE
      case 0x89:
        stack.push(false);
        break; // NEWFALSE
      case 0x49: {
        // INT, which is also how protocol 0 writes booleans
        const digits = shortLine();
        const value = decodeUtf8(digits.subarray(0, 2));
        stack.push(digits.byteLength === 2 && (value === '00' || value === '01') ? value === '01' : decimalInteger(digits));
        break;
      }
      case 0x4a:
        stack.push(cursor.int32());
        break; // BININT
      case 0x4b:
        stack.push(cursor.byte());
        break; // BININT1
      case 0x4d:
        stack.push(cursor.uint16());
        break; // BININT2
      case 0x4c:
        stack.push(decimalInteger(shortLine()));
        break; // LONG
      case 0x8a:
        stack.push(long(cursor.byte()));
        break; // LONG1
      case 0x8b:
        stack.push(long(cursor.uint32()));
        break; // LONG4
      case 0x46:
        stack.push(decimalFloat(shortLine()));
        break; // FLOAT
      case 0x47:
        stack.push(cursor.float64());
        break; // BINFLOAT

      case 0x53:
        stack.push(quotedText(shortLine()));
        break; // STRING
      case 0x54:
        stack.push(text(cursor.uint32()));
        break; // BINSTRING
      case 0x55:
        stack.push(text(cursor.byte()));
        break; // SHORT_BINSTRING
      case 0x56:
        stack.push(rawUnicodeText(shortLine()));
        break; // UNICODE
      case 0x58:
        stack.push(text(cursor.uint32()));
        break; // BINUNICODE
      case 0x8c:
        stack.push(text(cursor.byte()));
        break; // SHORT_BINUNICODE
      case 0x8d:
        stack.push(text(cursor.uint64()));
        break; // BINUNICODE8
      case 0x42:
        stack.push(bytesOf(cursor.uint32()));
        break; // BINBYTES
      case 0x43:
        stack.push(bytesOf(cursor.byte()));
        break; // SHORT_BINBYTES
      case 0x8e: // BINBYTES8
      case 0x96:
        stack.push(bytesOf(cursor.uint64()));
        break; // BYTEARRAY8

      case 0x5d: // EMPTY_LIST
      case 0x8f:
        stack.push(list([]));
        break; // EMPTY_SET
      case 0x6c: // LIST
      case 0x91:
        stack.push(list(popMarked()));
        break; // FROZENSET
      case 0x61: {
        // APPEND
        const item = pop();
        extend([item]);
        break;
      }
      case 0x65: // APPENDS
      case 0x90:
        extend(popMarked());
        break; // ADDITEMS
      case 0x29:
        stack.push(tupleOf([]));
        break; // EMPTY_TUPLE
      case 0x74:
        stack.push(tupleOf(popMarked()));
        break; // TUPLE
      case 0x85:
        stack.push(tupleOf([pop()]));
        break; // TUPLE1
      case 0x86:
        stack.push(tupleOf([pop(), pop()].reverse()));
        break; // TUPLE2
      case 0x87:
        stack.push(tupleOf([pop(), pop(), pop()].reverse()));
        break; // TUPLE3
      case 0x7d:
        stack.push(dictOf([]));
        break; // EMPTY_DICT
      case 0x64:
        stack.push(dictOf(popMarked()));
        break; // DICT
      case 0x73:
        assign([pop(), pop()].reverse());
        break; // SETITEM
      case 0x75:
        assign(popMarked());
        break; // SETITEMS

      case 0x70:
        remember(decimalInteger(cursor.line()));
        break; // PUT
      case 0x71:
        remember(cursor.byte());
        break; // BINPUT
      case 0x72:
        remember(cursor.uint32());
        break; // LONG_BINPUT
      case 0x94:
        remember(memo.size);
        break; // MEMOIZE
      case 0x67:
        recall(decimalInteger(cursor.line()));
        break; // GET
      case 0x68:
        recall(cursor.byte());
        break; // BINGET
      case 0x6a:
        recall(cursor.uint32());
        break; // LONG_BINGET

      case 0x63:
        stack.push(globalOf(line(), line()));
        break; // GLOBAL
      case 0x93: {
        // STACK_GLOBAL
        const name = popText();
        stack.push(globalOf(popText(), name));
        break;
      }
      case 0x52: // REDUCE
      case 0x81: {
        // NEWOBJ
        const args = popArguments();
        callWith(pop(), args);
        break;
      }
      case 0x92: {
        // NEWOBJ_EX
        const named = pop();
        const args = popArguments();
        const callee = pop();
        const unknown = isGlobal(callee) && callee.opaque === true;
        if (!(named instanceof Map) || (named.size > 0 && !unknown))
          throw new Error('the pickle calls something with named arguments; nothing was run');
        callWith(callee, named.size > 0 ? [...args, named] : args);
        break;
      }
      case 0x69: {
        // INST
        const callee = globalOf(line(), line());
        callWith(callee, popMarked());
        break;
      }
      case 0x6f: {
        // OBJ
        const [callee, ...args] = popMarked();
        callWith(callee ?? null, args);
        break;
      }
      case 0x62: {
        // BUILD: attributes of a state dict (its _metadata), which say nothing about values, or a class's own state
        const state = pop();
        const built = top();
        if (isOpaque(built)) extend([state]);
        else if (isPickledTensor(built) ? !isHarmlessTensorState(state) : !(built instanceof Map))
          throw new Error(`the pickle sets attributes of ${describe(built)}`);
        break;
      }
      case 0x51:
        stack.push(persistent(pop()));
        break; // BINPERSID
      case 0x50:
        stack.push(persistent(line()));
        break; // PERSID

      default: // EXT1, EXT2, EXT4, NEXT_BUFFER and READONLY_BUFFER have no place in a file either
        throw new Error(
          `the pickle has the unknown operation 0x${opcode.toString(16).padStart(2, '0')} at byte ${String(cursor.position - 1)}; this is no file of torch.save, or it is damaged`,
        );
    }
  }
  throw new Error(`the pickle has more than ${String(MAX_STEPS)} steps; save only the tensors (state_dict())`);
}

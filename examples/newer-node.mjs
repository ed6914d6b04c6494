// tfjs-node 4.22 calls a function that Node.js 23 removed. Import this before it.
import util from 'node:util';

util.isNullOrUndefined ??= (value) => value === null || value === undefined;

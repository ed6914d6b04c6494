import { useBackend, type BackendName } from './backends.js';
import { isExact, measureExactness } from './exactness.js';
import type { OperationCase } from './operation-case.js';
import type { Differentiate } from './tensor-derivatives.js';

const ORDERS = ['first', 'second'] as const;

/** Row (operation) → column (backend and order) → cell: ✓ or ✗, then the worst relative error. */
export type GradientTable = Map<string, Map<string, string>>;

const column = (backend: BackendName, order: (typeof ORDERS)[number]): string => `${backend}, ${order}`;

function worse(a: number | Error, b: number | Error): number | Error {
  if (a instanceof Error || b instanceof Error) return a instanceof Error ? a : b;
  return Number.isNaN(a) || a > b ? a : b;
}

function cell(error: number | Error): string {
  const digits = error instanceof Error ? 'throws' : error === 0 ? '0' : error.toExponential(0);
  return `${isExact(error) ? '✓' : '✗'} ${digits}`;
}

/** Runs every case on every backend; an operation's cell shows its worst case. */
export async function measureTable(
  cases: readonly OperationCase[],
  backends: readonly BackendName[],
  differentiate?: Differentiate,
): Promise<GradientTable> {
  const table: GradientTable = new Map(
    [...new Set(cases.map(({ operation }) => operation))].map((operation) => [operation, new Map<string, string>()]),
  );
  for (const backend of backends) {
    await useBackend(backend);
    for (const [operation, cells] of table) {
      const measured = cases
        .filter((testCase) => testCase.operation === operation)
        .map((testCase) => measureExactness(testCase, differentiate));
      for (const order of ORDERS) cells.set(column(backend, order), cell(measured.map((exactness) => exactness[order]).reduce(worse)));
    }
  }
  return table;
}

/** The table as Markdown. */
export function renderTable(table: GradientTable): string {
  const columns = [...table.values()].flatMap((cells) => [...cells.keys()]).filter((name, i, all) => all.indexOf(name) === i);
  const row = (values: string[]): string => `| ${values.join(' | ')} |`;
  const body = [...table].map(([operation, cells]) => row([`\`${operation}\``, ...columns.map((name) => cells.get(name) ?? '')]));
  return [row(['operation', ...columns]), row(['---', ...columns.map(() => '---')]), ...body].join('\n');
}

/** Reads back what {@link renderTable} wrote. */
export function parseTable(markdown: string): GradientTable {
  const rows = markdown.split('\n').filter((line) => line.startsWith('|'));
  const [header = [], , ...body] = rows.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((text) => text.trim()),
  );
  return new Map(
    body.map(([operation = '', ...cells]) => [operation.replaceAll('`', ''), new Map(cells.map((text, i) => [header[i + 1] ?? '', text]))]),
  );
}

/** The marks alone, of the given backends: what must not change unnoticed, while digits differ between machines. */
export function marks(table: GradientTable, backends: readonly BackendName[]): Record<string, Record<string, string>> {
  const columns = backends.flatMap((backend) => ORDERS.map((order) => column(backend, order)));
  return Object.fromEntries(
    [...table].map(([operation, cells]) => [
      operation,
      Object.fromEntries(columns.map((name) => [name, (cells.get(name) ?? 'missing').charAt(0)])),
    ]),
  );
}

import { describeNames } from '../networks/describe-names.js';
import type { NetworkName } from '../networks/networks.js';
import { namedParameters, REFERENCE_NAMES } from '../networks/reference-names.js';
import type { Pretrained } from './find-pretrained.js';
import type { TransferPlan } from './plan-transfer.js';

/** A number of tensors, and of the values in them. */
export interface ParameterCount {
  /** Tensors; one that is kept in part counts as kept. */
  readonly tensors: number;
  /** Values. */
  readonly values: number;
}

/** A transfer in numbers. */
export interface TransferSummary {
  /** Taken over from the old model. */
  readonly kept: ParameterCount;
  /** Initialised. */
  readonly new: ParameterCount;
  /** Of the old model, and not in the new one. */
  readonly dropped: ParameterCount;
  /** Left as they are by the training. */
  readonly frozen: ParameterCount;
  /** Domains that keep their heads, those whose heads are copied from another among them. */
  readonly keptDomains: readonly string[];
  /** Domains whose heads are new. */
  readonly newDomains: readonly string[];
  /** Domains of the old model that the new one has not. */
  readonly removedDomains: readonly string[];
}

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);

/**
 * A transfer in numbers.
 *
 * @param plan as `planTransfer` gives it
 */
export function summarizeTransfer(plan: TransferPlan): TransferSummary {
  const { parameters, dropped, keptDomains, newDomains, removedDomains } = plan;
  const kept = parameters.filter(({ keptSize }) => keptSize > 0);
  const fresh = parameters.filter(({ keptSize }) => keptSize === 0);
  const whole = dropped.filter(({ isPart }) => !isPart);
  const frozen = frozenParameters(plan);
  return {
    kept: { tensors: kept.length, values: sum(kept.map(({ keptSize }) => keptSize)) },
    new: { tensors: fresh.length, values: sum(parameters.map(({ size, keptSize }) => size - keptSize)) },
    dropped: { tensors: whole.length, values: sum(dropped.map(({ size }) => size)) },
    frozen: { tensors: frozen.length, values: sum(frozen.map(({ size }) => size)) },
    keptDomains: [...keptDomains.keys()],
    newDomains,
    removedDomains,
  };
}

function frozenParameters({ networks, frozen }: TransferPlan): { name: string; size: number }[] {
  return namedParameters(networks).filter(({ network, key }) => frozen[network]?.has(key) === true);
}

/** Domains that are named one by one. */
const MOST_DOMAINS = 12;

function listDomains(names: readonly string[]): string {
  const left = names.length - MOST_DOMAINS;
  return left > 0 ? `${names.slice(0, MOST_DOMAINS).join(', ')} and ${left} more` : names.join(', ');
}

const counted = (number: number, one: string, many = `${one}s`): string => `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;

const both = ({ tensors, values }: ParameterCount, parts = 0): string => {
  const others = parts === 0 ? '' : ` and a part of ${parts} more`;
  return `${counted(tensors, 'tensor')}${others}, ${counted(values, 'parameter')}`;
};

/**
 * Which weights a training begins with, on one line.
 *
 * @param pretrained as `findPretrained` gives it
 */
export function describePretrained({ checkpoint, kind, holds }: Pretrained): string {
  const weights = kind === 'ema' ? 'the moving averages' : 'the live weights';
  const discriminator = holds.includes('discriminator')
    ? kind === 'ema'
      ? ', and the discriminator, which has none'
      : ''
    : '; it holds no discriminator, which is new';
  return `begins with the weights of ${checkpoint.path}, iteration ${checkpoint.iteration}: ${weights}${discriminator}`;
}

/**
 * What is kept, new, dropped and frozen in a transfer, a line each, with numbers and names.
 *
 * @param plan as `planTransfer` gives it
 */
export function describeTransfer(plan: TransferPlan): string[] {
  const { parameters, dropped, keptDomains, newDomains, removedDomains } = plan;
  const summary = summarizeTransfer(plan);
  const named = (rows: readonly { network: NetworkName; key: string }[]): string =>
    rows.length === 0 ? '' : `: ${describeNames(rows.map(({ network, key }) => `${REFERENCE_NAMES[network]}.${key}`))}`;
  const fresh = parameters.filter(({ keptSize }) => keptSize === 0);
  const parts = parameters.filter(({ size, keptSize }) => keptSize > 0 && keptSize < size);
  const whole = dropped.filter(({ isPart }) => !isPart);
  const shortened = dropped.filter(({ isPart }) => isPart);
  const frozen = frozenParameters(plan);
  const copied = [...keptDomains].filter(([name, old]) => name !== old);
  return [
    `kept: ${both(summary.kept)}${parts.length === 0 ? '' : `; of these in part${named(parts)}`}`,
    `new: ${both(summary.new, parts.length)}${named(fresh)}`,
    `dropped: ${both(summary.dropped, shortened.length)}${named([...whole, ...shortened])}`,
    `frozen: ${both(summary.frozen)}${frozen.length === 0 ? '' : `: ${describeNames(frozen.map(({ name }) => name))}`}`,
    `domains that keep their heads: ${listDomains([...keptDomains].filter(([name, old]) => name === old).map(([name]) => name)) || 'none'}`,
    ...(copied.length === 0
      ? []
      : [`domains that begin with the heads of another: ${listDomains(copied.map(([name, old]) => `${name} (of ${old})`))}`]),
    ...(newDomains.length === 0 ? [] : [`domains whose heads are new: ${listDomains(newDomains)}`]),
    ...(removedDomains.length === 0 ? [] : [`domains that are removed: ${listDomains(removedDomains)}`]),
  ];
}

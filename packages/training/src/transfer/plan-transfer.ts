import { ConfigError } from '@stargan/config';
import { parameterCount, type ParameterSpec } from '@stargan/layers';
import { PARAMETER_KEYS } from '../networks/config-fields.js';
import { describeNames } from '../networks/describe-names.js';
import { selectFrozen, type Frozen } from '../networks/freeze.js';
import { NETWORK_NAMES, type ModelConfig, type NetworkName, type Networks } from '../networks/networks.js';
import { REFERENCE_NAMES } from '../networks/reference-names.js';
import { networksWithDomains, type DomainNetworks, type DomainPart } from './domain-parts.js';
import { placesOf } from './places.js';

/** A model by what settles its parameters. */
export interface TransferModel {
  /** Sizes and architecture; `freeze` of a model that is to be trained. A whole `TrainingConfig` will do. */
  readonly config: ModelConfig & { readonly freeze?: string };
  /** Names of the domains, by label. */
  readonly domains: readonly string[];
}

/** Options of {@link planTransfer}. */
export interface TransferOptions {
  /** Networks whose weights there are; all four by default. */
  readonly holds?: readonly NetworkName[];
  /** New domains that begin with the heads of old ones: names of old ones by names of new ones. All others begin as initialised. */
  readonly copies?: Readonly<Record<string, string>>;
}

/** An axis of a parameter whose last entries are the domains', one each. */
export interface DomainAxis {
  /** Number of the axis, in TensorFlow's order. */
  readonly axis: number;
  /** Entries before those of the domains. */
  readonly shared: number;
  /** The old label of each domain of the new model, undefined where it is new. */
  readonly sources: readonly (number | undefined)[];
}

/** Where a parameter of the new model comes from. */
export interface TransferredParameter {
  /** The network that it belongs to. */
  readonly network: NetworkName;
  /** Its key in the new model. */
  readonly key: string;
  /** Its key in the old one; undefined where it is new. */
  readonly source: string | undefined;
  /** Number of its values. */
  readonly size: number;
  /** How many of them come from the old model. */
  readonly keptSize: number;
  /** Where entries of it belong to single domains. */
  readonly domainAxis?: DomainAxis;
}

/** A parameter of the old model that the new one does not take over, or not all of it. */
export interface DroppedParameter {
  /** The network that it belongs to. */
  readonly network: NetworkName;
  /** Its key in the old model. */
  readonly key: string;
  /** How many of its values are dropped. */
  readonly size: number;
  /** Whether the others are kept. */
  readonly isPart: boolean;
}

/** What becomes of the parameters of one model in another. */
export interface TransferPlan {
  /** Networks of the new model; they hold no weights. */
  readonly networks: Networks;
  /** All its parameters, in the order of the networks. */
  readonly parameters: readonly TransferredParameter[];
  /** What is dropped of the old model's. */
  readonly dropped: readonly DroppedParameter[];
  /** Parameters that are frozen in the new model. */
  readonly frozen: Frozen;
  /** Domains of the new model that have the heads of an old one: the old name by the new one. */
  readonly keptDomains: ReadonlyMap<string, string>;
  /** Domains of the new model whose heads are new. */
  readonly newDomains: readonly string[];
  /** Domains of the old model that the new one has not. */
  readonly removedDomains: readonly string[];
}

/**
 * What becomes of the weights of one model in another, whose domains and image size may be others. Domains keep their heads by name. A
 * block keeps its weights where there is one of its shape at the same resolution; with another image size what takes the image in and
 * gives it out, and the blocks next to it, are new.
 *
 * @param from the old model
 * @param to the new one
 * @param options which weights there are, and which new domains begin with the heads of old ones
 * @throws {ConfigError} naming values of the configurations that do not fit, copies that cannot be, and frozen parameters that would be
 * new
 */
export function planTransfer(
  from: TransferModel,
  to: TransferModel,
  { holds = NETWORK_NAMES, copies = {} }: TransferOptions = {},
): TransferPlan {
  requireSameArchitecture(from.config, to.config);
  const sourceOf = domainSources(from.domains, to.domains, copies);
  const [old, next] = [networksWithDomains(from.config, from.domains.length), networksWithDomains(to.config, to.domains.length)];
  const places = { old: placesOf(old.networks), next: placesOf(next.networks) };
  const parameters: TransferredParameter[] = [];
  const dropped: DroppedParameter[] = [];
  for (const network of NETWORK_NAMES) {
    const specs = holds.includes(network) ? old.networks[network].specs : [];
    const placed = new Map(specs.map((spec) => [placeIn(old, places.old, network, spec), spec]));
    const used = new Map<string, number>();
    for (const spec of next.networks[network].specs) {
      const part = next.partOf(network, spec);
      const match = placed.get(placeIn(next, places.next, network, spec, sourceOf));
      const row = match && fit(spec, part, match.shape, from.domains.length, sourceOf);
      const size = parameterCount([spec]);
      if (match === undefined || row === undefined) parameters.push({ network, key: spec.name, source: undefined, size, keptSize: 0 });
      else {
        parameters.push({ network, key: spec.name, source: match.name, size, ...row.entry });
        used.set(match.name, row.usedSize);
      }
    }
    for (const spec of specs) {
      const { name: key } = spec;
      const size = parameterCount([spec]) - (used.get(key) ?? 0);
      if (size > 0) dropped.push({ network, key, size, isPart: used.has(key) });
    }
  }
  const frozen = selectFrozen(next.networks, to.config.freeze ?? '');
  requireFrozenAreKept(parameters, frozen);
  return { networks: next.networks, parameters, dropped, frozen, ...domainsOf(from.domains, to.domains, sourceOf) };
}

/** The place of a parameter by which old and new ones are matched; a branch has that of the old domain whose it is, or none. */
function placeIn(
  { partOf }: DomainNetworks,
  placeOf: ReturnType<typeof placesOf>,
  network: NetworkName,
  spec: ParameterSpec,
  sourceOf: readonly (number | undefined)[] | undefined = undefined,
): string {
  const part = partOf(network, spec);
  if (part.kind !== 'branch') return placeOf(network, spec.name);
  const domain = sourceOf === undefined ? part.domain : sourceOf[part.domain];
  return `${domain ?? 'new'}:${part.name}`;
}

/** What a parameter takes over of one in its place; undefined where the shapes do not fit. */
function fit(
  spec: ParameterSpec,
  part: DomainPart,
  source: readonly number[],
  oldDomains: number,
  sourceOf: readonly (number | undefined)[],
): { entry: Pick<TransferredParameter, 'keptSize' | 'domainAxis'>; usedSize: number } | undefined {
  const { shape } = spec;
  const size = parameterCount([spec]);
  if (part.kind !== 'axis') {
    const isSame = shape.length === source.length && shape.every((side, i) => side === source[i]);
    return isSame ? { entry: { keptSize: size }, usedSize: size } : undefined;
  }
  const { axis } = part;
  const shared = shape[axis]! - sourceOf.length;
  const isSame =
    shape.length === source.length && shape.every((side, i) => (i === axis ? source[i]! - oldDomains === shared : side === source[i]));
  if (!isSame) return undefined;
  const perEntry = size / shape[axis]!;
  const kept = sourceOf.filter((label) => label !== undefined);
  return {
    entry: { keptSize: perEntry * (shared + kept.length), domainAxis: { axis, shared, sources: sourceOf } },
    usedSize: perEntry * (shared + new Set(kept).size),
  };
}

/** The old label of each new domain; undefined where it is new. @throws ConfigError naming a copy that cannot be */
function domainSources(
  from: readonly string[],
  to: readonly string[],
  copies: Readonly<Record<string, string>>,
): readonly (number | undefined)[] {
  const list = (names: readonly string[]): string => (names.length > 12 ? `${names.slice(0, 12).join(', ')}, …` : names.join(', '));
  for (const [name, old] of Object.entries(copies)) {
    if (!to.includes(name)) throw new ConfigError(`new domain ${name}=${old}: ${name} is no domain of the images, which has ${list(to)}`);
    if (!from.includes(old))
      throw new ConfigError(`new domain ${name}=${old}: ${old} is no domain of the trained model, which has ${list(from)}`);
    if (from.includes(name))
      throw new ConfigError(`new domain ${name}=${old}: ${name} is one of the trained model, and keeps its own heads`);
  }
  return to.map((name) => {
    const old = from.indexOf(Object.hasOwn(copies, name) ? copies[name]! : name);
    return old < 0 ? undefined : old;
  });
}

function domainsOf(
  from: readonly string[],
  to: readonly string[],
  sourceOf: readonly (number | undefined)[],
): Pick<TransferPlan, 'keptDomains' | 'newDomains' | 'removedDomains'> {
  const keptDomains = new Map<string, string>();
  const newDomains: string[] = [];
  to.forEach((name, label) => {
    const source = sourceOf[label];
    if (source === undefined) newDomains.push(name);
    else keptDomains.set(name, from[source]!);
  });
  return { keptDomains, newDomains, removedDomains: from.filter((_, label) => !sourceOf.includes(label)) };
}

function requireSameArchitecture(from: ModelConfig, to: ModelConfig): void {
  const others = PARAMETER_KEYS.filter((key) => from[key] !== undefined && to[key] !== undefined && from[key] !== to[key]);
  if (others.length === 0) return;
  const list = others.map((key) => `${key} ${from[key]}, now it is ${to[key]}`).join('; ');
  throw new ConfigError(
    `the weights are of a model with ${list}; they do not fit another one: leave ${others.length === 1 ? 'it' : 'them'} as before, or begin without the weights`,
  );
}

/** @throws ConfigError where something would be frozen as it was initialised */
function requireFrozenAreKept(parameters: readonly TransferredParameter[], frozen: Frozen): void {
  const fresh = parameters.filter(({ network, key, size, keptSize }) => frozen[network]?.has(key) === true && keptSize < size);
  if (fresh.length === 0) return;
  const names = describeNames(fresh.map(({ network, key }) => `${REFERENCE_NAMES[network]}.${key}`));
  throw new ConfigError(
    `freeze names parameters that are new, at least in part, and would stay as they were initialised: ${names}; name others, or let all train`,
  );
}

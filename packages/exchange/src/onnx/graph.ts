import type { Attribute, OnnxConstant, OnnxModel, OnnxNode, OnnxValue } from './schema.js';

/** A network's parameters in PyTorch's layout, by the reference's keys. */
export type Weights = ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;

/** Name of a tensor in a graph. */
export type Name = string;

/** Builds a graph node by node; tensors are known by their names. */
export interface GraphBuilder {
  /** Declares an input. */
  input(name: string, type: OnnxValue['type'], shape: OnnxValue['shape'], description: string): Name;
  /** Calls a tensor an output. */
  output(value: Name, name: string, shape: OnnxValue['shape'], description: string): void;
  /**
   * Applies an operator.
   *
   * @param at where in the network, as its modules are called: nodes and tensors are named by it
   * @param outputs how many tensors it gives
   */
  nodes(at: string, operator: string, inputs: readonly Name[], attributes: Readonly<Record<string, Attribute>>, outputs: number): Name[];
  /** Applies an operator that gives one tensor. */
  node(at: string, operator: string, inputs: readonly Name[], attributes?: Readonly<Record<string, Attribute>>): Name;
  /** Whether there is a parameter of this key. */
  has(key: string): boolean;
  /** A parameter by its key; @throws where there is none */
  weight(key: string): Name;
  /** Sizes of a parameter. */
  shapeOf(key: string): readonly number[];
  /** A tensor of constant values; one of each name. */
  constant(name: string, shape: readonly number[], values: readonly number[]): Name;
  /** A list of whole numbers, as operators take sizes and axes; one of each content. */
  integers(...values: readonly number[]): Name;
  /** The graph as it is. */
  finish(model: Pick<OnnxModel, 'name' | 'description' | 'metadata'>): OnnxModel;
}

/** A graph that takes its parameters from these weights; those that no node uses are not in it. */
export function graphBuilder(weights: Weights): GraphBuilder {
  const nodes: OnnxNode[] = [];
  const constants = new Map<string, OnnxConstant>();
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const used = new Set<string>();

  const parameter = (key: string): { readonly shape: readonly number[]; readonly data: Float32Array } => {
    const found = weights.get(key);
    if (found === undefined) throw new Error(`parameter ${key} is missing`);
    return found;
  };
  const unique = (name: string): string => {
    if (used.has(name)) throw new Error(`two nodes are called ${name}`);
    used.add(name);
    return name;
  };
  const add: GraphBuilder['nodes'] = (at, operator, from, attributes, count) => {
    const name = unique(`${at}/${operator}`);
    const given = Array.from({ length: count }, (_, i) => (count === 1 ? name : `${name}_${i}`));
    nodes.push({ name, operator, inputs: from, outputs: given, attributes });
    return given;
  };
  return {
    input(name, type, shape, description) {
      inputs.push({ name: unique(name), type, shape, description });
      return name;
    },
    output(value, name, shape, description) {
      nodes.push({ name: unique(`${name}/Identity`), operator: 'Identity', inputs: [value], outputs: [unique(name)], attributes: {} });
      outputs.push({ name, type: 'float32', shape, description });
    },
    nodes: add,
    node: (at, operator, from, attributes = {}) => add(at, operator, from, attributes, 1)[0]!,
    weight(key) {
      const { shape, data } = parameter(key);
      constants.set(key, { name: key, type: 'float32', shape, data });
      return key;
    },
    has: (key) => weights.has(key),
    shapeOf: (key) => parameter(key).shape,
    constant(name, shape, values) {
      constants.set(name, { name, type: 'float32', shape, data: Float32Array.from(values) });
      return name;
    },
    integers(...values) {
      const name = `integers/${values.join('_')}`;
      constants.set(name, { name, type: 'int64', shape: [values.length], data: BigInt64Array.from(values, BigInt) });
      return name;
    },
    finish: (model) => ({ ...model, nodes, constants: [...constants.values()], inputs, outputs }),
  };
}

import type { GraphBuilder, Name } from './graph.js';

const LEAKY_SLOPE = 0.2;
const EPSILON = 1e-5;

/** A convolution with bias, where there is one; its size is the weight's, and `same` keeps height and width. */
export function convolution(graph: GraphBuilder, at: string, x: Name, { same = true, bias = true } = {}): Name {
  const size = graph.shapeOf(`${at}.weight`)[2]!;
  const padding = same ? (size - 1) / 2 : 0;
  return graph.node(at, 'Conv', [x, graph.weight(`${at}.weight`), ...(bias ? [graph.weight(`${at}.bias`)] : [])], {
    kernel_shape: { ints: [size, size] },
    pads: { ints: [padding, padding, padding, padding] },
  });
}

/** x · Wᵀ + b. [batch, in] → [batch, out] */
export const linear = (graph: GraphBuilder, at: string, x: Name): Name =>
  graph.node(at, 'Gemm', [x, graph.weight(`${at}.weight`), graph.weight(`${at}.bias`)], { transB: { int: 1 } });

export const leakyRelu = (graph: GraphBuilder, at: string, x: Name): Name =>
  graph.node(at, 'LeakyRelu', [x], { alpha: { float: LEAKY_SLOPE } });

/** Instance normalisation with learnt scale and shift. */
export const instanceNorm = (graph: GraphBuilder, at: string, x: Name): Name =>
  graph.node(at, 'InstanceNormalization', [x, graph.weight(`${at}.weight`), graph.weight(`${at}.bias`)], { epsilon: { float: EPSILON } });

/** (1 + γ) · IN(x) + β with [γ, β] = linear(style). */
function adain(graph: GraphBuilder, at: string, x: Name, style: Name): Name {
  const channels = graph.shapeOf(`${at}.fc.weight`)[0]! / 2;
  const repeated = (name: string, value: number): Name =>
    graph.constant(
      `${name}/${channels}`,
      [channels],
      Array.from({ length: channels }, () => value),
    );
  const normalized = graph.node(at, 'InstanceNormalization', [x, repeated('ones', 1), repeated('zeros', 0)], {
    epsilon: { float: EPSILON },
  });
  const [gamma, beta] = graph.nodes(at, 'Split', [linear(graph, `${at}.fc`, style)], { axis: { int: 1 }, num_outputs: { int: 2 } }, 2);
  const overPixels = (part: string, value: Name): Name => graph.node(`${at}/${part}`, 'Unsqueeze', [value, graph.integers(2, 3)]);
  const scale = graph.node(`${at}/scale`, 'Add', [overPixels('gamma', gamma!), graph.constant('one', [], [1])]);
  return graph.node(`${at}/shift`, 'Add', [graph.node(`${at}/scaled`, 'Mul', [normalized, scale]), overPixels('beta', beta!)]);
}

/** The mean of every 2 × 2 pixels. */
const averagePool = (graph: GraphBuilder, at: string, x: Name): Name =>
  graph.node(at, 'AveragePool', [x], { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } });

/** Every pixel 2 × 2 times. */
const upsample = (graph: GraphBuilder, at: string, x: Name): Name =>
  graph.node(at, 'Resize', [x, '', graph.constant('scales/2', [4], [1, 1, 2, 2])], {
    mode: { string: 'nearest' },
    coordinate_transformation_mode: { string: 'asymmetric' },
    nearest_mode: { string: 'floor' },
  });

/** (h + shortcut) / √2 */
const residualSum = (graph: GraphBuilder, at: string, h: Name, shortcut: Name): Name =>
  graph.node(at, 'Mul', [graph.node(at, 'Add', [h, shortcut]), graph.constant('inverse_sqrt_2', [], [Math.SQRT1_2])]);

/** Pre-activation residual block, with instance normalisation where its parameters are there. */
export function residualBlock(graph: GraphBuilder, at: string, x: Name, { downsample }: { downsample: boolean }): Name {
  const normalized = (part: string, h: Name): Name => (graph.has(`${at}.${part}.weight`) ? instanceNorm(graph, `${at}.${part}`, h) : h);
  let h = convolution(graph, `${at}.conv1`, leakyRelu(graph, `${at}.actv1`, normalized('norm1', x)));
  if (downsample) h = averagePool(graph, `${at}.pool`, h);
  h = convolution(graph, `${at}.conv2`, leakyRelu(graph, `${at}.actv2`, normalized('norm2', h)));
  let shortcut = graph.has(`${at}.conv1x1.weight`) ? convolution(graph, `${at}.conv1x1`, x, { bias: false }) : x;
  if (downsample) shortcut = averagePool(graph, `${at}.shortcut`, shortcut);
  return residualSum(graph, at, h, shortcut);
}

/** Residual block with style; the shortcut is left out in models with a high-pass skip. */
export function styledResidualBlock(
  graph: GraphBuilder,
  at: string,
  x: Name,
  style: Name,
  { up, hasShortcut }: { up: boolean; hasShortcut: boolean },
): Name {
  let h = leakyRelu(graph, `${at}.actv1`, adain(graph, `${at}.norm1`, x, style));
  if (up) h = upsample(graph, `${at}.upsample`, h);
  h = convolution(graph, `${at}.conv1`, h);
  h = convolution(graph, `${at}.conv2`, leakyRelu(graph, `${at}.actv2`, adain(graph, `${at}.norm2`, h, style)));
  if (!hasShortcut) return h;
  let shortcut = up ? upsample(graph, `${at}.shortcut`, x) : x;
  if (graph.has(`${at}.conv1x1.weight`)) shortcut = convolution(graph, `${at}.conv1x1`, shortcut, { bias: false });
  return residualSum(graph, at, h, shortcut);
}

/** Of each sample the output of its own domain's head. heads: [batch, length] each, domain [batch] → [batch, length] */
export function selectHead(graph: GraphBuilder, at: string, heads: readonly Name[], domain: Name): Name {
  const rows = heads.map((head, label) => graph.node(`${at}.${label}/row`, 'Unsqueeze', [head, graph.integers(1)]));
  const all = graph.node(at, 'Concat', rows, { axis: { int: 1 } });
  const index = graph.node(`${at}/domain`, 'Unsqueeze', [domain, graph.integers(1)]);
  return graph.node(at, 'GatherND', [all, index], { batch_dims: { int: 1 } });
}

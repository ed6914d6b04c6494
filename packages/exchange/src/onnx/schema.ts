import protobuf from 'protobufjs/light.js';

const field = (type: string, id: number, rule?: 'repeated'): { type: string; id: number; rule?: 'repeated' } =>
  rule === undefined ? { type, id } : { type, id, rule };

/**
 * The messages of ONNX that a model of networks needs, with the field numbers of `onnx.proto3` of ONNX 1.13 (IR version 8), which
 * never change. Fields that are not written are left out.
 */
const root = protobuf.Root.fromJSON({
  nested: {
    onnx: {
      nested: {
        ModelProto: {
          fields: {
            irVersion: field('int64', 1),
            producerName: field('string', 2),
            docString: field('string', 6),
            graph: field('GraphProto', 7),
            opsetImport: field('OperatorSetIdProto', 8, 'repeated'),
            metadataProps: field('StringStringEntryProto', 14, 'repeated'),
          },
        },
        OperatorSetIdProto: { fields: { domain: field('string', 1), version: field('int64', 2) } },
        StringStringEntryProto: { fields: { key: field('string', 1), value: field('string', 2) } },
        GraphProto: {
          fields: {
            node: field('NodeProto', 1, 'repeated'),
            name: field('string', 2),
            initializer: field('TensorProto', 5, 'repeated'),
            input: field('ValueInfoProto', 11, 'repeated'),
            output: field('ValueInfoProto', 12, 'repeated'),
          },
        },
        NodeProto: {
          fields: {
            input: field('string', 1, 'repeated'),
            output: field('string', 2, 'repeated'),
            name: field('string', 3),
            opType: field('string', 4),
            attribute: field('AttributeProto', 5, 'repeated'),
          },
        },
        AttributeProto: {
          fields: {
            name: field('string', 1),
            f: field('float', 2),
            i: field('int64', 3),
            s: field('bytes', 4),
            ints: field('int64', 8, 'repeated'),
            type: field('int32', 20),
          },
        },
        TensorProto: {
          fields: {
            dims: field('int64', 1, 'repeated'),
            dataType: field('int32', 2),
            name: field('string', 8),
            rawData: field('bytes', 9),
          },
        },
        ValueInfoProto: { fields: { name: field('string', 1), type: field('TypeProto', 2), docString: field('string', 3) } },
        TypeProto: { fields: { tensorType: field('TensorTypeProto', 1) } },
        // TypeProto.Tensor, and TensorShapeProto with its dimensions: the wire knows no names.
        TensorTypeProto: { fields: { elemType: field('int32', 1), shape: field('TensorShapeProto', 2) } },
        TensorShapeProto: { fields: { dim: field('DimensionProto', 1, 'repeated') } },
        DimensionProto: { fields: { dimValue: field('int64', 1), dimParam: field('string', 2) } },
      },
    },
  },
});

const modelProto = root.lookupType('onnx.ModelProto');

/** `TensorProto.DataType`. */
export const ELEMENT_TYPES = { float32: 1, int64: 7 } as const;

/** `AttributeProto.AttributeType`. */
const ATTRIBUTE_TYPES = { float: 1, int: 2, string: 3, ints: 7 } as const;

/** A value that a node is given beside its inputs. */
export type Attribute =
  { readonly float: number } | { readonly int: number } | { readonly string: string } | { readonly ints: readonly number[] };

/** A node: an operator, applied. */
export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A constant tensor. */
export interface OnnxConstant {
  readonly name: string;
  readonly type: keyof typeof ELEMENT_TYPES;
  readonly shape: readonly number[];
  /** In C order. */
  readonly data: Float32Array | BigInt64Array;
}

/** An input or output of a graph. */
export interface OnnxValue {
  readonly name: string;
  readonly type: keyof typeof ELEMENT_TYPES;
  /** Sizes of the axes; a text names one that may be any. */
  readonly shape: readonly (number | string)[];
  /** What it is, for readers. */
  readonly description: string;
}

/** A model of one graph. */
export interface OnnxModel {
  readonly name: string;
  readonly description: string;
  /** Free text by key. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/** Operators are those of this version. */
const OPSET = 18;
const IR_VERSION = 8;

/** A protobuf message has at most this many bytes; beyond, weights would have to lie in files of their own. */
const MAX_BYTES = 2 ** 31 - 1;

/**
 * The bytes of an `.onnx` file.
 *
 * @throws where they would be more than a file may have
 */
export function encodeModel(model: OnnxModel): Uint8Array {
  const bytes = model.constants.reduce((sum, { data }) => sum + data.byteLength, 0);
  if (bytes > MAX_BYTES - 2 ** 20)
    throw new Error(`${model.name} has ${bytes} bytes of weights, and an ONNX file at most ${MAX_BYTES}; export a smaller model`);
  return modelProto
    .encode({
      irVersion: IR_VERSION,
      producerName: 'stargan',
      docString: model.description,
      graph: {
        name: model.name,
        node: model.nodes.map(({ name, operator, inputs, outputs, attributes }) => ({
          input: inputs,
          output: outputs,
          name,
          opType: operator,
          attribute: Object.entries(attributes).map(([key, attribute]) => ({ name: key, ...attributeFields(attribute) })),
        })),
        initializer: model.constants.map(({ name, type, shape, data }) => ({
          dims: shape,
          dataType: ELEMENT_TYPES[type],
          name,
          rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
        })),
        input: model.inputs.map(valueInfo),
        output: model.outputs.map(valueInfo),
      },
      opsetImport: [{ domain: '', version: OPSET }],
      metadataProps: Object.entries(model.metadata).map(([key, value]) => ({ key, value })),
    })
    .finish();
}

function attributeFields(attribute: Attribute): Record<string, unknown> {
  if ('float' in attribute) return { f: attribute.float, type: ATTRIBUTE_TYPES.float };
  if ('int' in attribute) return { i: attribute.int, type: ATTRIBUTE_TYPES.int };
  if ('string' in attribute) return { s: new TextEncoder().encode(attribute.string), type: ATTRIBUTE_TYPES.string };
  return { ints: attribute.ints, type: ATTRIBUTE_TYPES.ints };
}

function valueInfo({ name, type, shape, description }: OnnxValue): Record<string, unknown> {
  const dim = shape.map((size) => (typeof size === 'string' ? { dimParam: size } : { dimValue: size }));
  return { name, type: { tensorType: { elemType: ELEMENT_TYPES[type], shape: { dim } } }, docString: description };
}

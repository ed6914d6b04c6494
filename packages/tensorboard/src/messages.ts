import protobuf from 'protobufjs/light.js';

/**
 * The messages of TensorFlow's event.proto, summary.proto, tensor.proto and tensor_shape.proto that are written here, under
 * their official numbers. Fields that are never written are left out; readers treat them as absent.
 */
const DEFINITIONS: protobuf.INamespace = {
  nested: {
    Event: {
      oneofs: { what: { oneof: ['fileVersion', 'summary', 'sessionLog'] } },
      fields: {
        wallTime: { type: 'double', id: 1 },
        step: { type: 'int64', id: 2 },
        fileVersion: { type: 'string', id: 3 },
        summary: { type: 'Summary', id: 5 },
        sessionLog: { type: 'SessionLog', id: 7 },
        sourceMetadata: { type: 'SourceMetadata', id: 10 },
      },
    },
    SourceMetadata: { fields: { writer: { type: 'string', id: 1 } } },
    SessionLog: { fields: { status: { type: 'int32', id: 1 } } },
    Summary: { fields: { value: { rule: 'repeated', type: 'SummaryValue', id: 1 } } },
    SummaryValue: {
      // One of them is always written, a number of 0 as well.
      oneofs: { value: { oneof: ['simpleValue', 'image', 'tensor'] } },
      fields: {
        tag: { type: 'string', id: 1 },
        simpleValue: { type: 'float', id: 2 },
        image: { type: 'SummaryImage', id: 4 },
        tensor: { type: 'TensorProto', id: 8 },
        metadata: { type: 'SummaryMetadata', id: 9 },
      },
    },
    SummaryImage: {
      fields: {
        height: { type: 'int32', id: 1 },
        width: { type: 'int32', id: 2 },
        colorspace: { type: 'int32', id: 3 },
        encodedImageString: { type: 'bytes', id: 4 },
      },
    },
    SummaryMetadata: { fields: { pluginData: { type: 'PluginData', id: 1 }, dataClass: { type: 'int32', id: 4 } } },
    PluginData: { fields: { pluginName: { type: 'string', id: 1 } } },
    TensorProto: {
      fields: {
        dtype: { type: 'int32', id: 1 },
        tensorShape: { type: 'TensorShapeProto', id: 2 },
        stringVal: { rule: 'repeated', type: 'bytes', id: 8 },
      },
    },
    TensorShapeProto: { fields: { dim: { rule: 'repeated', type: 'Dim', id: 2 } } },
    Dim: { fields: { size: { type: 'int64', id: 1 } } },
  },
};

/** Values of enumerations in the messages. */
export const SESSION_START = 1;
export const DATA_CLASS_TENSOR = 2;
export const DT_STRING = 7;

/** One value of a summary: a number, a picture or a tensor under a tag. */
export type SummaryValue = {
  readonly tag: string;
  readonly simpleValue?: number;
  readonly image?: {
    readonly height: number;
    readonly width: number;
    readonly colorspace: number;
    readonly encodedImageString: Uint8Array;
  };
  readonly metadata?: { readonly pluginData: { readonly pluginName: string }; readonly dataClass: number };
  readonly tensor?: {
    readonly dtype: number;
    readonly tensorShape: { readonly dim: readonly { readonly size: number }[] };
    readonly stringVal: readonly Uint8Array[];
  };
};

/** One record of an event file. */
export type Event = {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step?: number;
  readonly fileVersion?: string;
  readonly sourceMetadata?: { readonly writer: string };
  readonly sessionLog?: { readonly status: number };
  readonly summary?: { readonly value: readonly SummaryValue[] };
};

const eventType = protobuf.Root.fromJSON(DEFINITIONS).lookupType('Event');

/** An event as Protocol Buffers encode it. */
export function encodeEvent(event: Event): Uint8Array {
  return eventType.encode(event).finish();
}

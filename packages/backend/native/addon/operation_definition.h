// What a graph must know of an operation and eager mode infers: which inputs are lists, and which attributes there are.
// Read from the serialised OpDef of tensorflow/core/framework/op_def.proto; only the few fields that are needed.
#pragma once

#include <cstdint>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "tensorflow/c/c_api.h"

namespace stargan {

struct OperationDefinition {
  /** An argument: a tensor, or a list whose length is the attribute of this name. */
  struct Input {
    std::string countedBy;
    /** A list of tensors of several types, whose types are an attribute. */
    bool isTypeList = false;
    bool isList() const { return isTypeList || !countedBy.empty(); }
  };
  std::vector<Input> inputs;
  std::set<std::string> attributes;
  bool isStateful = false;

  OperationDefinition(TF_Graph* graph, const char* operation) {
    TF_Buffer* buffer = TF_NewBuffer();
    TF_Status* status = TF_NewStatus();
    TF_GraphGetOpDef(graph, operation, buffer, status);
    const bool found = TF_GetCode(status) == TF_OK;
    const std::string why = TF_Message(status);
    TF_DeleteStatus(status);
    const std::string bytes(found ? static_cast<const char*>(buffer->data) : "", found ? buffer->length : 0);
    TF_DeleteBuffer(buffer);
    if (!found) throw std::runtime_error(why);
    eachField(bytes, [this](uint64_t field, uint64_t number, const std::string& content) {
      if (field == 2) inputs.push_back(readInput(content));                   // OpDef.input_arg
      if (field == 4) attributes.insert(readName(content));                   // OpDef.attr
      if (field == 17) isStateful = number != 0;                              // OpDef.is_stateful
    });
  }

 private:
  static uint64_t varint(const std::string& bytes, size_t& at) {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at >= bytes.size()) break;
      const auto byte = static_cast<uint8_t>(bytes[at++]);
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw std::runtime_error("an operation's definition is cut short");
  }

  /** Calls `visit(field, number, content)`: a number for field types of variable length, content for messages and strings. */
  template <typename Visit>
  static void eachField(const std::string& bytes, const Visit& visit) {
    for (size_t at = 0; at < bytes.size();) {
      const uint64_t key = varint(bytes, at);
      uint64_t number = 0;
      std::string content;
      switch (key & 7) {
        case 0: number = varint(bytes, at); break;
        case 1: at += 8; break;
        case 5: at += 4; break;
        case 2: {
          const uint64_t length = varint(bytes, at);
          if (length > bytes.size() - at) throw std::runtime_error("an operation's definition is cut short");
          content = bytes.substr(at, length);
          at += length;
          break;
        }
        default: throw std::runtime_error("an operation's definition has a field of unknown type");
      }
      visit(key >> 3, number, content);
    }
  }

  static Input readInput(const std::string& bytes) {
    Input input;
    eachField(bytes, [&input](uint64_t field, uint64_t, const std::string& content) {
      if (field == 5) input.countedBy = content;                              // ArgDef.number_attr
      if (field == 6 && !content.empty()) input.isTypeList = true;            // ArgDef.type_list_attr
    });
    return input;
  }

  static std::string readName(const std::string& bytes) {
    std::string name;
    eachField(bytes, [&name](uint64_t field, uint64_t, const std::string& content) {
      if (field == 1) name = content;
    });
    return name;
  }
};

}  // namespace stargan

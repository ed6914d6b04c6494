#include "functions.h"

#include <map>
#include <memory>

#include "eager_state.h"
#include "js_value.h"
#include "operation_definition.h"
#include "tensorflow/c/c_api.h"
#include "tensorflow/c/eager/c_api.h"

namespace stargan {
namespace {

class Status {
 public:
  Status() : raw(TF_NewStatus()) {}
  ~Status() { TF_DeleteStatus(raw); }
  Status(const Status&) = delete;
  Status& operator=(const Status&) = delete;
  void require(const std::string& what) const {
    if (TF_GetCode(raw) != TF_OK) throw std::runtime_error(what + ": " + TF_Message(raw));
  }
  TF_Status* const raw;
};

struct DeleteGraph {
  void operator()(TF_Graph* graph) const { TF_DeleteGraph(graph); }
};
struct DeleteFunction {
  void operator()(TF_Function* function) const { TF_DeleteFunction(function); }
};
struct DeleteTensor {
  void operator()(TF_Tensor* tensor) const { TF_DeleteTensor(tensor); }
};

/** Builds the graph of a function: first inputs, then constants, then operations; their outputs are numbered in this order. */
class GraphBuilder {
 public:
  explicit GraphBuilder(const EagerState& state) : state(state), graph(TF_NewGraph()) {}

  void addInput(int64_t dtype, const std::vector<int64_t>& shape) {
    TF_OperationDescription* node = begin("Placeholder");
    TF_SetAttrType(node, "dtype", static_cast<TF_DataType>(dtype));
    TF_SetAttrShape(node, "shape", shape.data(), static_cast<int>(shape.size()));
    inputs.push_back({finish(node, "Placeholder"), 0});
    values.push_back(inputs.back());
  }

  void addConstant(int32_t tensor) {
    Status status;
    TFE_TensorHandle* handle = state.handle(tensor);
    const std::unique_ptr<TF_Tensor, DeleteTensor> content(TFE_TensorHandleResolve(handle, status.raw));
    status.require("a constant");
    TF_OperationDescription* node = begin("Const");
    TF_SetAttrType(node, "dtype", TFE_TensorHandleDataType(handle));
    TF_SetAttrTensor(node, "value", content.get(), status.raw);
    TF_Operation* operation = finish(node, "Const");
    status.require("a constant");
    values.push_back({operation, 0});
  }

  void addOperation(const JsValue& description) {
    const std::string type = description.at("name").text();
    const OperationDefinition& definition = definitionOf(type);
    // In a function it would go on from its state where eager mode begins anew.
    if (definition.isStateful) throw std::runtime_error(type + " keeps a state of its own between calls");
    TF_OperationDescription* node = begin(type.c_str());
    // TF_FinishOperation frees the description and must be reached: what is thrown on the way is kept until then.
    std::string failure;
    try {
      addInputs(node, definition, description);
      for (const JsValue& attribute : description.at("attributes").elements()) {
        // Eager mode passes over attributes that an operation does not have.
        if (definition.attributes.count(attribute.at("name").text()) > 0) setAttribute(node, attribute);
      }
      for (const int64_t before : description.at("after").integers()) TF_AddControlInput(node, operations.at(before));
      const int64_t apart = description.at("apart").integer();
      // Operations that differ in an attribute are never merged into one.
      if (apart >= 0) TF_SetAttrInt(node, "_stargan_apart", apart);
    } catch (const std::exception& error) {
      failure = error.what();
    }
    TF_Operation* operation = nullptr;
    if (failure.empty()) {
      operation = finish(node, type);
    } else {
      Status status;
      TF_FinishOperation(node, status.raw);
      throw std::runtime_error(type + ": " + failure);
    }
    operations.push_back(operation);
    const int outputs = TF_OperationNumOutputs(operation);
    if (outputs != description.at("outputs").integer()) throw std::runtime_error(type + ": another number of outputs than recorded");
    for (int i = 0; i < outputs; i++) values.push_back({operation, i});
  }

  void define(const std::string& name, const std::vector<int64_t>& outputs) const {
    std::vector<TF_Output> results;
    for (const int64_t output : outputs) results.push_back(values.at(output));
    Status status;
    // −1: the whole graph but the inputs.
    const std::unique_ptr<TF_Function, DeleteFunction> function(
        TF_GraphToFunction(graph.get(), name.c_str(), 0, -1, nullptr, static_cast<int>(inputs.size()), inputs.data(),
                           static_cast<int>(results.size()), results.data(), nullptr, nullptr, nullptr, status.raw));
    status.require("the function");
    TFE_ContextAddFunction(state.context(), function.get(), status.raw);
    status.require("the function");
  }

 private:
  TF_OperationDescription* begin(const char* type) {
    return TF_NewOperation(graph.get(), type, ("n" + std::to_string(nodes++)).c_str());
  }

  static TF_Operation* finish(TF_OperationDescription* node, const std::string& type) {
    Status status;
    TF_Operation* operation = TF_FinishOperation(node, status.raw);
    status.require(type);
    return operation;
  }

  const OperationDefinition& definitionOf(const std::string& type) {
    const auto found = definitions.find(type);
    if (found != definitions.end()) return found->second;
    return definitions.emplace(type, OperationDefinition(graph.get(), type.c_str())).first->second;
  }

  void addInputs(TF_OperationDescription* node, const OperationDefinition& definition, const JsValue& description) const {
    const std::vector<int64_t> given = description.at("inputs").integers();
    size_t next = 0;
    for (size_t i = 0; i < definition.inputs.size(); i++) {
      const OperationDefinition::Input& input = definition.inputs[i];
      if (!input.isList()) {
        if (next >= given.size()) throw std::runtime_error("fewer inputs than it has");
        TF_AddInput(node, values.at(given[next++]));
        continue;
      }
      const size_t count = listLength(input, definition, description, given.size());
      if (count > given.size() - next) throw std::runtime_error("a list shorter than its attribute says");
      std::vector<TF_Output> list;
      for (size_t k = 0; k < count; k++) list.push_back(values.at(given[next++]));
      TF_AddInputList(node, list.data(), static_cast<int>(count));
    }
    if (next != given.size()) throw std::runtime_error("more inputs than it has");
  }

  /** As its attribute says; where eager mode was left to find it out, all that is not another input. */
  static size_t listLength(const OperationDefinition::Input& input, const OperationDefinition& definition,
                           const JsValue& description, size_t given) {
    for (const JsValue& attribute : description.at("attributes").elements()) {
      if (!input.countedBy.empty() && attribute.at("name").text() == input.countedBy) {
        return static_cast<size_t>(attribute.at("value").integer());
      }
    }
    size_t lists = 0, single = 0;
    for (const auto& each : definition.inputs) (each.isList() ? lists : single)++;
    if (lists != 1 || single > given) throw std::runtime_error("lists of unknown length");
    return given - single;
  }

  static void setAttribute(TF_OperationDescription* node, const JsValue& attribute) {
    const std::string name = attribute.at("name").text();
    const JsValue value = attribute.at("value");
    switch (attribute.at("type").integer()) {
      case TF_ATTR_STRING: {
        const std::string text = value.text();
        return TF_SetAttrString(node, name.c_str(), text.data(), text.size());
      }
      case TF_ATTR_INT: {
        if (!value.isArray()) return TF_SetAttrInt(node, name.c_str(), value.integer());
        const std::vector<int64_t> list = value.integers();
        return TF_SetAttrIntList(node, name.c_str(), list.data(), static_cast<int>(list.size()));
      }
      case TF_ATTR_FLOAT: {
        if (!value.isArray()) return TF_SetAttrFloat(node, name.c_str(), static_cast<float>(value.number()));
        std::vector<float> list;
        for (const JsValue& element : value.elements()) list.push_back(static_cast<float>(element.number()));
        return TF_SetAttrFloatList(node, name.c_str(), list.data(), static_cast<int>(list.size()));
      }
      case TF_ATTR_BOOL: {
        if (!value.isArray()) return TF_SetAttrBool(node, name.c_str(), value.boolean() ? 1 : 0);
        std::vector<unsigned char> list;
        for (const JsValue& element : value.elements()) list.push_back(element.boolean() ? 1 : 0);
        return TF_SetAttrBoolList(node, name.c_str(), list.data(), static_cast<int>(list.size()));
      }
      case TF_ATTR_TYPE: return TF_SetAttrType(node, name.c_str(), static_cast<TF_DataType>(value.integer()));
      case TF_ATTR_SHAPE: {
        const std::vector<int64_t> shape = value.integers();
        return TF_SetAttrShape(node, name.c_str(), shape.data(), static_cast<int>(shape.size()));
      }
      default: throw std::runtime_error("an attribute of unknown type, " + name);
    }
  }

  const EagerState& state;
  const std::unique_ptr<TF_Graph, DeleteGraph> graph;
  std::map<std::string, OperationDefinition> definitions;
  std::vector<TF_Output> inputs, values;
  std::vector<TF_Operation*> operations;
  int64_t nodes = 0;
};

/** Calls `f` with the arguments of a JavaScript call; what it throws becomes a JavaScript error. */
template <size_t expected, typename F>
napi_value answer(napi_env env, napi_callback_info info, const char* name, const F& f) {
  size_t count = expected;
  napi_value arguments[expected];
  if (napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr) != napi_ok) return nullptr;
  try {
    return f(EagerState(env), arguments);
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, (std::string(name) + ": " + error.what()).c_str());
    return nullptr;
  }
}

/** defineFunction(name, { inputs: { dtype, shape }[], constants: id[], operations: {…}[], outputs: number[] }) */
napi_value defineFunction(napi_env env, napi_callback_info info) {
  return answer<2>(env, info, "defineFunction", [env](const EagerState& state, const napi_value* arguments) -> napi_value {
    const JsValue description(env, arguments[1]);
    GraphBuilder builder(state);
    for (const JsValue& input : description.at("inputs").elements()) builder.addInput(input.at("dtype").integer(), input.at("shape").integers());
    for (const JsValue& constant : description.at("constants").elements()) builder.addConstant(static_cast<int32_t>(constant.integer()));
    for (const JsValue& operation : description.at("operations").elements()) builder.addOperation(operation);
    builder.define(JsValue(env, arguments[0]).text(), description.at("outputs").integers());
    return nullptr;
  });
}

/** removeFunction(name) */
napi_value removeFunction(napi_env env, napi_callback_info info) {
  return answer<1>(env, info, "removeFunction", [env](const EagerState& state, const napi_value* arguments) -> napi_value {
    Status status;
    TFE_ContextRemoveFunction(state.context(), JsValue(env, arguments[0]).text().c_str(), status.raw);
    status.require("the function");
    return nullptr;
  });
}

/** inspectTensor(id): { dtype, shape } */
napi_value inspectTensor(napi_env env, napi_callback_info info) {
  return answer<1>(env, info, "inspectTensor", [env](const EagerState& state, const napi_value* arguments) {
    TFE_TensorHandle* handle = state.handle(static_cast<int32_t>(JsValue(env, arguments[0]).integer()));
    Status status;
    const int rank = TFE_TensorHandleNumDims(handle, status.raw);
    status.require("a tensor");
    napi_value shape, dtype, signature;
    napi_create_array_with_length(env, static_cast<size_t>(rank), &shape);
    for (int axis = 0; axis < rank; axis++) {
      napi_value size;
      napi_create_int64(env, TFE_TensorHandleDim(handle, axis, status.raw), &size);
      napi_set_element(env, shape, static_cast<uint32_t>(axis), size);
    }
    napi_create_int32(env, TFE_TensorHandleDataType(handle), &dtype);
    napi_create_object(env, &signature);
    napi_set_named_property(env, signature, "dtype", dtype);
    napi_set_named_property(env, signature, "shape", shape);
    return signature;
  });
}

}  // namespace

void exportFunctions(napi_env env, napi_value exports) {
  const napi_property_descriptor properties[] = {
      {"defineFunction", nullptr, defineFunction, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"removeFunction", nullptr, removeFunction, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"inspectTensor", nullptr, inspectTensor, nullptr, nullptr, nullptr, napi_default, nullptr},
  };
  napi_define_properties(env, exports, sizeof(properties) / sizeof(properties[0]), properties);
}

}  // namespace stargan

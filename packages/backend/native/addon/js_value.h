// Reading JavaScript values through Node-API, with failures as exceptions.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace stargan {

class JsValue {
 public:
  JsValue(napi_env env, napi_value value) : env(env), raw(value) {}

  JsValue at(const char* name) const {
    napi_value found;
    require(napi_get_named_property(env, raw, name, &found), name);
    return JsValue(env, found);
  }

  bool isArray() const {
    bool answer = false;
    require(napi_is_array(env, raw, &answer), "an array");
    return answer;
  }

  std::vector<JsValue> elements() const {
    uint32_t length = 0;
    require(napi_get_array_length(env, raw, &length), "an array");
    std::vector<JsValue> all;
    all.reserve(length);
    for (uint32_t i = 0; i < length; i++) {
      napi_value element;
      require(napi_get_element(env, raw, i, &element), "an element");
      all.emplace_back(env, element);
    }
    return all;
  }

  int64_t integer() const {
    int64_t value = 0;
    require(napi_get_value_int64(env, raw, &value), "a whole number");
    return value;
  }

  double number() const {
    double value = 0;
    require(napi_get_value_double(env, raw, &value), "a number");
    return value;
  }

  bool boolean() const {
    bool value = false;
    require(napi_get_value_bool(env, raw, &value), "a boolean");
    return value;
  }

  std::string text() const {
    size_t length = 0;
    require(napi_get_value_string_utf8(env, raw, nullptr, 0, &length), "a string");
    std::string value(length, '\0');
    require(napi_get_value_string_utf8(env, raw, value.data(), length + 1, &length), "a string");
    return value;
  }

  std::vector<int64_t> integers() const {
    std::vector<int64_t> values;
    for (const JsValue& element : elements()) values.push_back(element.integer());
    return values;
  }

 private:
  static void require(napi_status status, const char* what) {
    if (status != napi_ok) throw std::runtime_error(std::string("expected ") + what);
  }

  napi_env env;
  napi_value raw;
};

}  // namespace stargan

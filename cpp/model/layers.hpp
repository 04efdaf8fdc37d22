// Layers by their names.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/layer.hpp"
#include "model/spec.hpp"

namespace steepest {

struct LayerInfo {
  const char* name;
  std::vector<const char*> keys;
};
std::vector<LayerInfo> layer_infos();

// The layer of `spec` on such inputs; refuses what it does not understand.
template <class T>
std::unique_ptr<Layer<T>> make_layer(Spec spec, const std::vector<Extent>& inputs, const Kernels<T>& kernels);

}  // namespace steepest

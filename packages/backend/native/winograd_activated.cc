// Convolutions by minimal filtering of what is normalised or biased and rectified on the way: x goes in, and no activated map is stored.
#include "winograd_problem.h"

namespace stargan {
namespace {

/** Input `index` is what x, at `x`, is activated with. */
Activation activationOf(const Context& context, int x, int index) {
  const std::vector<int64_t> shape = context.input(x).shape();
  require(shape.size() == 4, "winograd: feature maps must have rank 4");
  return Activation(context, index, shape[0], shape[3]);
}

void convolution(const Context& context) {
  const Activation activation = activationOf(context, 0, 2);
  computeConvolution<false>(context, activation.taking());
}

void residualSum(const Context& context) {
  const Activation activation = activationOf(context, 1, 4);
  computeResidualSum(context, activation.taking());
}

void filterGradientOf(const Context& context) {
  const Activation activation = activationOf(context, 0, 2);
  computeFilterGradient(context, activation.taking());
}

}  // namespace

const Kernel winogradActivatedConvolution = {
    "StarganWinogradActivatedConvolution", {"x: float", "filter: float", "coefficients: float"}, {"resampling", "slope"}, {"y: float"}, convolution};
const Enlisted<winogradActivatedConvolution> winogradActivatedConvolutionEnlisted;
const Kernel winogradActivatedConvolutionResidualSum = {
    "StarganWinogradActivatedConvolutionResidualSum",
    {"shortcut: float", "x: float", "filter: float", "bias: float", "coefficients: float"}, {"scale", "slope"}, {"y: float"}, residualSum};
const Enlisted<winogradActivatedConvolutionResidualSum> winogradActivatedConvolutionResidualSumEnlisted;
const Kernel winogradActivatedConvolutionFilterGradient = {
    "StarganWinogradActivatedConvolutionFilterGradient",
    {"x: float", "dy: float", "coefficients: float"}, {"resampling", "slope"}, {"dfilter: float"}, filterGradientOf};
const Enlisted<winogradActivatedConvolutionFilterGradient> winogradActivatedConvolutionFilterGradientEnlisted;

}  // namespace stargan

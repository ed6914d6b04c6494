// 3×3 convolutions by minimal filtering: `same`, followed by 2×2 average pooling, and after nearest upsampling ×2; with
// their gradients. Tiles become vectors of products, the products of all tiles are matrix products over the channels,
// and the results become tiles again. A convolution and its gradients are one bilinear form between a wide side (tiles
// overlap) and a narrow side (they do not), read in three ways:
//   wide → narrow: the convolution, with or without pooling; the gradient of the upsampling one
//   narrow → wide: the upsampling convolution (the adjoint of pooling is upsampling); the gradient of the pooling one
//   wide × narrow → filter: the gradient of the filter
#include "winograd_problem.h"

namespace stargan {
namespace {

void convolution(const Context& context) { computeConvolution<false>(context, Plain()); }
void residualSum(const Context& context) { computeResidualSum(context, Plain()); }
void inputGradient(const Context& context) { computeConvolution<true>(context, Plain()); }
void filterGradientOf(const Context& context) { computeFilterGradient(context, Plain()); }

}  // namespace

const Kernel winogradConvolution = {
    "StarganWinogradConvolution", {"x: float", "filter: float"}, {"resampling"}, {"y: float"}, convolution};
const Enlisted<winogradConvolution> winogradConvolutionEnlisted;
const Kernel winogradConvolutionResidualSum = {
    "StarganWinogradConvolutionResidualSum", {"shortcut: float", "x: float", "filter: float", "bias: float"}, {"scale"}, {"y: float"}, residualSum};
const Enlisted<winogradConvolutionResidualSum> winogradConvolutionResidualSumEnlisted;
const Kernel winogradConvolutionInputGradient = {
    "StarganWinogradConvolutionInputGradient", {"dy: float", "filter: float"}, {"resampling"}, {"dx: float"}, inputGradient};
const Enlisted<winogradConvolutionInputGradient> winogradConvolutionInputGradientEnlisted;
const Kernel winogradConvolutionFilterGradient = {
    "StarganWinogradConvolutionFilterGradient", {"x: float", "dy: float"}, {"resampling"}, {"dfilter: float"}, filterGradientOf};
const Enlisted<winogradConvolutionFilterGradient> winogradConvolutionFilterGradientEnlisted;

}  // namespace stargan

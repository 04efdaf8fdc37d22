// Losses and metrics: one value a row, Keras 3's formulas. The list of all, and how each kind becomes an entry.
#pragma once

#include "accuracies.hpp"
#include "row_losses.hpp"

namespace steepest::STEEPEST_ISA {

template <class Rule, class T, bool mean = true>
constexpr RowKernel<T> element_rule = {{Rule::name, Rule::hyper, Rule::hyper_count},
                                       false,
                                       Rule::differentiable,
                                       Rule::logits_of,
                                       element_rows<Rule, T, mean>};
template <bool sparse, class T, class Rule = CategoricalCrossentropy<sparse>>
constexpr RowKernel<T> categorical_rule = {
    {Rule::name, Rule::hyper, Rule::hyper_count}, sparse, true, "softmax", Rule::template rows<T>};
template <class Rule, class T, bool sparse = false>
constexpr RowKernel<T> row_rule = {
    {Rule::name, Rule::hyper, Rule::hyper_count}, sparse, true, nullptr, each_row<Rule, T>};

template <class T>
constexpr RowKernel<T> row_items[] = {
    element_rule<MeanSquaredError, T>,
    element_rule<MeanAbsoluteError, T>,
    element_rule<MeanAbsolutePercentageError, T>,
    element_rule<MeanSquaredLogarithmicError, T>,
    element_rule<Huber, T>,
    element_rule<LogCosh, T>,
    element_rule<Poisson, T>,
    element_rule<HalfPoissonDeviance, T>,
    element_rule<Hinge, T>,
    element_rule<SquaredHinge, T>,
    element_rule<KlDivergence, T, false>,
    element_rule<BinaryCrossentropy, T>,
    element_rule<BinaryFocalCrossentropy<false>, T>,
    element_rule<BinaryFocalCrossentropy<true>, T>,
    categorical_rule<false, T>,
    categorical_rule<true, T>,
    {{CategoricalFocalCrossentropy::name, CategoricalFocalCrossentropy::hyper, 4},
     false,
     true,
     "softmax",
     each_row<CategoricalFocalCrossentropy, T>},
    row_rule<CategoricalGeneralizedCrossEntropy, T, true>,
    row_rule<CategoricalHinge, T>,
    row_rule<CosineSimilarity<true>, T>,
    row_rule<Tversky<true>, T>,
    row_rule<Tversky<false>, T>,
    {{CosineSimilarity<false>::name, nullptr, 0}, false, false, nullptr, each_row<CosineSimilarity<false>, T>},
    element_rule<Accuracy, T>,
    element_rule<BinaryAccuracy, T>,
    {{"categorical_accuracy", nullptr, 0}, false, false, nullptr, categorical_accuracy<false, T>},
    {{"sparse_categorical_accuracy", nullptr, 0}, true, false, nullptr, categorical_accuracy<true, T>},
    {{"top_k_categorical_accuracy", top_k_hyper, 1}, false, false, nullptr, top_k_accuracy<false, T>},
    {{"sparse_top_k_categorical_accuracy", top_k_hyper, 1}, true, false, nullptr, top_k_accuracy<true, T>},
};

}  // namespace steepest::STEEPEST_ISA

// All loops. Each form includes this file once, under the instruction set that it is for, with FORM as its name.
#include <string.h>

// Vectors are passed only to functions that are inlined, so it does not matter how each instruction set passes them.
#pragma clang diagnostic ignored "-Wpsabi"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

#include "elements.h"

#include "functions.h"

#include "activations.h"
#include "arithmetic.h"
#include "consensus.h"
#include "magnitudes.h"
#include "random.h"
#include "resampling.h"
#include "sums.h"

#include "rows.h"

#include "optimizers.h"

#define JOINED(a, b) a##b
#define NAMED(form) JOINED(ckernels_, form)
#define TEXT(name) #name
#define NAME_OF(form) TEXT(form)

const struct ckernels NAMED(FORM) = {
    .name = NAME_OF(FORM),
    .decode = decode,
    .encode = encode,
    .scale = scale,
    .scale_in_place = scale_in_place,
    .accumulate = accumulate,
    .accumulate_difference = accumulate_difference,
    .difference = difference,
    .add_scaled = add_scaled,
    .weighted_sum = weighted_sum,
    .keep_magnitudes = keep_magnitudes,
    .elect_signs = elect_signs,
    .sign_balance = sign_balance,
    .accumulate_elected = accumulate_elected,
    .accumulate_elected_weight = accumulate_elected_weight,
    .largest_elected = largest_elected,
    .larger_magnitude = larger_magnitude,
    .divide = divide,
    .first_non_finite = first_non_finite,
    .count_upper_bits = count_upper_bits,
    .count_lower_bits = count_lower_bits,
    .select_magnitudes = select_magnitudes,
    .sum = sum,
    .absolute_sum = absolute_sum,
    .squared_norm = squared_norm,
    .dot_product = dot_product,
    .product_with_difference = product_with_difference,
    .products = products,
    .uniform_float32 = uniform_float32,
    .uniform_float64 = uniform_float64,
    .normal_float32 = normal_float32,
    .bernoulli_mask = bernoulli_mask,
    .bernoulli_scale = bernoulli_scale,
    .networks = {
        .apply = apply,
        .apply_gradient = apply_gradient,
        .combine = combine,
        .add_bias_and_apply = add_bias_and_apply,
        .apply_gradient_and_sum = apply_gradient_and_sum,
        .sum_columns = sum_columns,
        .layer_norm = layer_norm,
        .layer_norm_gradient = layer_norm_gradient,
        .softmax = softmax,
        .softmax_gradient = softmax_gradient,
        .log_softmax = log_softmax,
        .log_softmax_gradient = log_softmax_gradient,
        .sgd_step = sgd_step,
        .adam_step = adam_step,
    },
    .resample_row = resample_row,
    .resample_rows = resample_rows,
};

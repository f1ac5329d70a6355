// Loops of neural networks over binary32, a part of the table in ckernels.h.
//
// All forms give the same bits: the functions are polynomials that are written out here, and sums have one fixed order.
// A result may be the same buffer as an input of the same size, unless it says otherwise; otherwise buffers do not overlap.
#pragma once

#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/// Functions of one number.
enum ckernels_function {
    /// x
    CKERNELS_IDENTITY,
    CKERNELS_EXPONENTIAL,
    /// The natural logarithm.
    CKERNELS_LOGARITHM,
    CKERNELS_SQUARE_ROOT,
    CKERNELS_SQUARE,
    CKERNELS_RECIPROCAL,
    CKERNELS_ABSOLUTE_VALUE,
    CKERNELS_TANGENT,
    /// 1 / (1 + e⁻ˣ)
    CKERNELS_SIGMOID,
    /// max(x, 0)
    CKERNELS_RELU,
    /// x · Φ(x), where Φ is the distribution function of the standard normal distribution.
    CKERNELS_GELU,
    /// ½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))
    CKERNELS_GELU_TANGENT,
    /// x / (1 + e⁻¹·⁷⁰²ˣ)
    CKERNELS_QUICK_GELU,
    /// x / (1 + e⁻ˣ)
    CKERNELS_SILU,
};

/// Operations of two numbers.
enum ckernels_operation {
    CKERNELS_ADD,
    CKERNELS_SUBTRACT,
    CKERNELS_MULTIPLY,
    CKERNELS_DIVIDE,
};

/// What a normalisation over rows reads and writes; all matrices are [rows, columns], row by row.
struct ckernels_layer_norm {
    const float *x;
    /// Added to x before, if there is one; then `sum` is x + update (+ update_bias).
    const float *_Nullable update;
    /// [columns]
    const float *_Nullable update_bias;
    float *_Nullable sum;
    /// [columns]
    const float *weight, *bias;
    float epsilon;
    float *result;
    /// [rows], if wanted: the mean, and 1 / √(variance + epsilon).
    float *_Nullable mean, *_Nullable inverse_deviation;
    size_t rows, columns;
};

/// The gradient of a normalisation over rows.
struct ckernels_layer_norm_gradient {
    /// What was normalised, and what the normalisation kept.
    const float *x, *mean, *inverse_deviation;
    /// [columns]
    const float *weight;
    /// Of the result, [rows, columns].
    const float *gradient;
    /// Of x, if wanted; added to what is there if `accumulates`.
    float *_Nullable result;
    int accumulates;
    /// [columns], if wanted; rows are added in order to what is there.
    float *_Nullable weight_gradient, *_Nullable bias_gradient;
    size_t rows, columns;
};

/// The softmax of rows, of which some numbers may be hidden.
struct ckernels_softmax {
    const float *x;
    /// A factor of x.
    float scale;
    /// Row r sees its first visible + r · visible_step numbers; those behind are hidden.
    size_t visible, visible_step;
    /// [columns]: what is hidden from all rows is 0 here.
    const uint8_t *_Nullable mask;
    /// What is hidden becomes 0; all of a row that sees nothing.
    float *result;
    size_t rows, columns;
};

/// A step of stochastic gradient descent; all buffers are different and have `count` elements.
struct ckernels_sgd_step {
    float *parameter;
    const float *gradient;
    /// Without one, there is no momentum.
    float *_Nullable velocity;
    /// Whether the velocity holds nothing yet.
    int begins;
    /// Whether the step goes on by the velocity after it (Nesterov).
    int looks_ahead;
    /// A factor of the gradient: 1, or −1 to climb.
    float direction;
    float weight_decay, momentum, gradient_weight, learning_rate;
    size_t count;
};

/// A step of Adam; all buffers are different and have `count` elements.
struct ckernels_adam_step {
    float *parameter;
    const float *gradient;
    /// The running means of the gradient and of its square.
    float *mean, *mean_square;
    /// The largest mean square so far, if it takes the place of the latter.
    float *_Nullable largest_mean_square;
    /// A factor of the gradient: 1, or −1 to climb.
    float direction;
    /// What parameters are multiplied with before all else, and what they add to the gradient.
    float parameter_scale, weight_decay;
    float mean_weight, mean_square_keep, mean_square_weight;
    /// √(1 − β₂ᵗ).
    float root_correction;
    float epsilon;
    /// The learning rate divided by 1 − β₁ᵗ.
    float step_size;
    size_t count;
};

/// The loops of networks in the form for one instruction set.
///
/// Sums over a row have a fixed order: element i is added to partial sum i mod 32, in the order of i, in binary32; then the
/// upper half of the partial sums is added to the lower one, until one is left. Sums over columns add rows in order.
struct ckernels_networks {
    /// result[i] = f(x[i])
    void (*apply)(enum ckernels_function f, const float *x, float *result, size_t count);
    /// result[i] = gradient[i] · f′(x[i])
    void (*apply_gradient)(
        enum ckernels_function f, const float *x, const float *gradient, float *result, size_t count);
    /// result[i] = a[i · a_step] ∘ b[i · b_step], where steps are 0 or 1.
    void (*combine)(
        enum ckernels_operation operation, const float *a, size_t a_step, const float *b, size_t b_step, float *result,
        size_t count);
    /// result[r, c] = f(x[r · x_stride + c] + bias[c]); `before` gets the sum, if it is wanted.
    void (*add_bias_and_apply)(
        enum ckernels_function f, const float *x, size_t x_stride, const float *bias, float *_Nullable before,
        float *result, size_t rows, size_t columns);
    /// result[r, c] = gradient[r, c] · f′(x[r, c]); sums[c] = sums[c] + Σ result[r, c].
    void (*apply_gradient_and_sum)(
        enum ckernels_function f, const float *x, const float *gradient, float *result, float *sums, size_t rows,
        size_t columns);
    /// sums[c] = sums[c] + Σ x[r, c]. No two buffers are the same.
    void (*sum_columns)(const float *x, float *sums, size_t rows, size_t columns);
    void (*layer_norm)(const struct ckernels_layer_norm *arguments);
    void (*layer_norm_gradient)(const struct ckernels_layer_norm_gradient *arguments);
    void (*softmax)(const struct ckernels_softmax *arguments);
    /// result = scale · y · (gradient − Σ gradient · y) for each row, where y is the softmax.
    void (*softmax_gradient)(
        const float *y, const float *gradient, float scale, float *result, size_t rows, size_t columns);
    /// result = x − ln Σ eˣ for each row.
    void (*log_softmax)(const float *x, float *result, size_t rows, size_t columns);
    /// result = gradient − eʸ · Σ gradient for each row, where y is the logarithm of the softmax.
    void (*log_softmax_gradient)(
        const float *y, const float *gradient, float *result, size_t rows, size_t columns);
    /// g = direction · gradient + weight_decay · parameter; velocity = momentum · velocity + gradient_weight · g, or g if it
    /// begins; parameter = parameter − learning_rate · (velocity, g + momentum · velocity if it looks ahead, or g without).
    void (*sgd_step)(const struct ckernels_sgd_step *arguments);
    /// p = parameter_scale · parameter; g = direction · gradient + weight_decay · p; mean = mean + mean_weight · (g − mean);
    /// mean_square = mean_square_keep · mean_square + mean_square_weight · g²;
    /// parameter = p − step_size · mean / (√mean_square / root_correction + epsilon).
    void (*adam_step)(const struct ckernels_adam_step *arguments);
};

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

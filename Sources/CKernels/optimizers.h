// Steps of optimizers: each buffer is gone through once.

// One element; the flags are constants where this is inlined.
ALWAYS_INLINE void sgd_loop(const struct ckernels_sgd_step *a, int has_velocity, int begins, int looks_ahead) {
    float *restrict parameter = a->parameter, *restrict velocity = a->velocity;
    const float *restrict gradient = a->gradient;
    const float direction = a->direction, weight_decay = a->weight_decay, momentum = a->momentum;
    const float gradient_weight = a->gradient_weight, learning_rate = a->learning_rate;
    const size_t count = a->count;
    for (size_t i = 0; i < count; i++) {
        float g = direction * gradient[i] + weight_decay * parameter[i];
        float step = g;
        if (has_velocity) {
            float v = begins ? g : momentum * velocity[i] + gradient_weight * g;
            velocity[i] = v;
            step = looks_ahead ? g + momentum * v : v;
        }
        parameter[i] -= learning_rate * step;
    }
}

static void sgd_step(const struct ckernels_sgd_step *a) {
    if (!a->velocity)
        sgd_loop(a, 0, 0, 0);
    else if (a->begins)
        a->looks_ahead ? sgd_loop(a, 1, 1, 1) : sgd_loop(a, 1, 1, 0);
    else
        a->looks_ahead ? sgd_loop(a, 1, 0, 1) : sgd_loop(a, 1, 0, 0);
}

ALWAYS_INLINE void adam_loop(const struct ckernels_adam_step *a, int has_largest) {
    float *restrict parameter = a->parameter, *restrict mean = a->mean, *restrict mean_square = a->mean_square;
    float *restrict largest = a->largest_mean_square;
    const float *restrict gradient = a->gradient;
    const float direction = a->direction, scale = a->parameter_scale, weight_decay = a->weight_decay;
    const float mean_weight = a->mean_weight, keep = a->mean_square_keep, weight = a->mean_square_weight;
    const float correction = a->root_correction, epsilon = a->epsilon, step_size = a->step_size;
    const size_t count = a->count;
    for (size_t i = 0; i < count; i++) {
        float p = scale * parameter[i];
        float g = direction * gradient[i] + weight_decay * p;
        float m = mean[i] + mean_weight * (g - mean[i]);
        float s = keep * mean_square[i] + weight * g * g;
        mean[i] = m;
        mean_square[i] = s;
        if (has_largest) {
            // NaN stays visible.
            s = largest[i] > s ? largest[i] : s;
            largest[i] = s;
        }
        parameter[i] = p - step_size * m / (__builtin_elementwise_sqrt(s) / correction + epsilon);
    }
}

static void adam_step(const struct ckernels_adam_step *a) {
    if (a->largest_mean_square)
        adam_loop(a, 1);
    else
        adam_loop(a, 0);
}

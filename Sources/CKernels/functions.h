// Functions of networks and their derivatives, from arithmetic that all processors round alike.

// Rounds to whole numbers by adding a number whose last place is 1.
enum { ROUNDER_BITS = 0x4B400000 };
#define ROUNDER 0x1.8p23f

// 2ⁿ for −126 ≤ n ≤ 127.
ALWAYS_INLINE float power_of_two(int32_t n) { return float32_of_bits((uint32_t)(n + 127) << 23); }

struct reduced {
    // x = n · ln 2 + r, |r| ≤ ½ ln 2
    int32_t n;
    float r;
};

ALWAYS_INLINE struct reduced reduced_by_logarithm_of_two(float x) {
    float shifted = x * 0x1.715476p+0f + ROUNDER;
    float n = shifted - ROUNDER;
    // ln 2 in two parts, of which n times the first one is exact.
    float r = x - n * 0x1.62e4p-1f - n * 0x1.7f7d1cp-20f;
    return (struct reduced){(int32_t)(bits_of_float32(shifted) - ROUNDER_BITS), r};
}

// eʳ − 1 by its Taylor series, for |r| ≤ ½ ln 2.
ALWAYS_INLINE float short_exponential_less_one(float r) {
    float series = 1.0f / 5040;
    series = series * r + 1.0f / 720;
    series = series * r + 1.0f / 120;
    series = series * r + 1.0f / 24;
    series = series * r + 1.0f / 6;
    series = series * r + 0.5f;
    return r + r * r * series;
}

// What is smaller than all normal numbers becomes 0: subnormal numbers would be slow.
ALWAYS_INLINE float exponential(float x) {
    const float least = -87.33f;
    float bounded = x < least ? least : x > 89.0f ? 89.0f : x;
    struct reduced reduced = reduced_by_logarithm_of_two(bounded);
    float mantissa = 1.0f + short_exponential_less_one(reduced.r);
    // Two steps, as 2ⁿ itself may be too large.
    int32_t half = reduced.n >> 1;
    float result = mantissa * power_of_two(half) * power_of_two(reduced.n - half);
    return x < least ? 0.0f : result;
}

// eˣ − 1 without cancellation, for |x| ≤ 40.
ALWAYS_INLINE float exponential_less_one(float x) {
    struct reduced reduced = reduced_by_logarithm_of_two(x);
    float power = power_of_two(reduced.n);
    return power * short_exponential_less_one(reduced.r) + (power - 1.0f);
}

// With x = 2ᵉ · m, √½ ≤ m < √2, it is e · ln 2 + 2 artanh f, where f = (m − 1) / (m + 1).
ALWAYS_INLINE float natural_logarithm(float x) {
    int is_subnormal = x < 0x1p-126f;
    float normal = is_subnormal ? x * 0x1p23f : x;
    int32_t distance = (int32_t)(bits_of_float32(normal) - 0x3F3504F3);
    int32_t exponent = distance >> 23;
    float m = float32_of_bits(bits_of_float32(normal) - (uint32_t)exponent * (1u << 23));
    float f = (m - 1.0f) / (m + 1.0f);
    float square = f * f;
    float series = 1.0f / 9;
    series = series * square + 1.0f / 7;
    series = series * square + 1.0f / 5;
    series = series * square + 1.0f / 3;
    float e = (float)(is_subnormal ? exponent - 23 : exponent);
    float result = e * 0x1.62e4p-1f + (2.0f * f + (2.0f * f * square * series + e * 0x1.7f7d1cp-20f));
    result = x == 0 ? -__builtin_inff() : result;
    // NaN fails the comparison, too; infinity passes and stays.
    result = x == __builtin_inff() ? x : result;
    return x >= 0 ? result : __builtin_nanf("");
}

ALWAYS_INLINE float hyperbolic_tangent(float x) {
    // Beyond these, it is 1 in binary32.
    float bounded = x < -10.0f ? -10.0f : x > 10.0f ? 10.0f : x;
    float e = exponential_less_one(2.0f * bounded);
    return e / (e + 2.0f);
}

ALWAYS_INLINE float sigmoid(float x) { return 1.0f / (1.0f + exponential(-x)); }

// σ(x) and σ(−x) = 1 − σ(x), neither with cancellation.
struct gate {
    float open, closed;
};

ALWAYS_INLINE struct gate gate_of(float x) {
    // Beyond, both would be lost in an infinite number.
    float decay = exponential(x < -88.0f ? 88.0f : -x);
    float open = 1.0f / (1.0f + decay);
    return (struct gate){open, decay * open};
}

// Φ(x) and the density φ(x) of the standard normal distribution.
struct normal {
    float distribution, density;
};

// With z = |x| / √2, Φ(−|x|) = ½ e^(−z²) · t · P(t), where t = 1 / (1 + z/2). The coefficients of P were fitted by least
// squares to the scaled complementary error function at 400 points of 0 ≤ z ≤ 6; the largest error of Φ is 1.5 · 10⁻⁸ before
// rounding. The form is that of C. Hastings: Approximations for digital computers, 1955.
ALWAYS_INLINE struct normal standard_normal(float x) {
    float decay = exponential(-0.5f * x * x);
    float t = 1.0f / (1.0f + 0x1.6a09e6p-2f * __builtin_fabsf(x));
    float series = 0.07173616134174295f;
    series = series * t - 0.2808190660447055f;
    series = series * t + 0.24746547908673563f;
    series = series * t + 0.17487816500236267f;
    series = series * t + 0.20942464702131325f;
    series = series * t + 0.2970969599008547f;
    series = series * t + 0.2802176795245065f;
    float tail = 0.5f * decay * t * series;
    return (struct normal){x < 0 ? tail : 1.0f - tail, decay * 0x1.988454p-2f};
}

#define TWICE_ROOT_OF_2_BY_PI 0x1.988454p0f
#define GELU_CUBE 0.044715f
#define QUICK_GELU_FACTOR 1.702f

// ½ (1 + tanh u) is σ(2u), which does not cancel; this is 2u.
ALWAYS_INLINE float gelu_tangent_inside(float x) { return TWICE_ROOT_OF_2_BY_PI * (x + GELU_CUBE * (x * x * x)); }

ALWAYS_INLINE float value_of(enum ckernels_function f, float x) {
    switch (f) {
    case CKERNELS_IDENTITY: return x;
    case CKERNELS_EXPONENTIAL: return exponential(x);
    case CKERNELS_LOGARITHM: return natural_logarithm(x);
    case CKERNELS_SQUARE_ROOT: return __builtin_elementwise_sqrt(x);
    case CKERNELS_SQUARE: return x * x;
    case CKERNELS_RECIPROCAL: return 1.0f / x;
    case CKERNELS_ABSOLUTE_VALUE: return __builtin_fabsf(x);
    case CKERNELS_TANGENT: return hyperbolic_tangent(x);
    case CKERNELS_SIGMOID: return sigmoid(x);
    case CKERNELS_RELU: return x > 0 ? x : x != x ? x : 0;
    case CKERNELS_GELU: return x * standard_normal(x).distribution;
    case CKERNELS_GELU_TANGENT: return x * sigmoid(gelu_tangent_inside(x));
    case CKERNELS_QUICK_GELU: return x * sigmoid(QUICK_GELU_FACTOR * x);
    case CKERNELS_SILU: return x * sigmoid(x);
    }
    __builtin_unreachable();
}

// The derivative of x · σ(z), given that of z.
ALWAYS_INLINE float gated_derivative(float x, float z, float slope) {
    struct gate gate = gate_of(z);
    return gate.open + x * slope * gate.open * gate.closed;
}

ALWAYS_INLINE float derivative_of(enum ckernels_function f, float x) {
    switch (f) {
    case CKERNELS_IDENTITY: return 1.0f;
    case CKERNELS_EXPONENTIAL: return exponential(x);
    case CKERNELS_LOGARITHM: return 1.0f / x;
    case CKERNELS_SQUARE_ROOT: return 0.5f / __builtin_elementwise_sqrt(x);
    case CKERNELS_SQUARE: return 2.0f * x;
    case CKERNELS_RECIPROCAL: return -1.0f / (x * x);
    case CKERNELS_ABSOLUTE_VALUE: return x > 0 ? 1.0f : x < 0 ? -1.0f : 0.0f;
    case CKERNELS_TANGENT: {
        float t = hyperbolic_tangent(x);
        return 1.0f - t * t;
    }
    case CKERNELS_SIGMOID: {
        struct gate gate = gate_of(x);
        return gate.open * gate.closed;
    }
    case CKERNELS_RELU: return x > 0 ? 1.0f : 0.0f;
    case CKERNELS_GELU: {
        struct normal normal = standard_normal(x);
        return normal.distribution + x * normal.density;
    }
    case CKERNELS_GELU_TANGENT: {
        // Beyond these, it is 0 or 1, and x³ might be infinite.
        float bounded = x < -10.0f ? -10.0f : x > 10.0f ? 10.0f : x;
        float slope = TWICE_ROOT_OF_2_BY_PI * (1.0f + 3.0f * GELU_CUBE * (bounded * bounded));
        return gated_derivative(bounded, gelu_tangent_inside(bounded), slope);
    }
    case CKERNELS_QUICK_GELU: return gated_derivative(x, QUICK_GELU_FACTOR * x, QUICK_GELU_FACTOR);
    case CKERNELS_SILU: return gated_derivative(x, x, 1.0f);
    }
    __builtin_unreachable();
}

// Calls an inline loop with a function that is constant in each branch, so that each is compiled for its own.
#define FOR_FUNCTION(f, loop, ...) \
    switch (f) { \
    case CKERNELS_IDENTITY: loop(CKERNELS_IDENTITY, __VA_ARGS__); break; \
    case CKERNELS_EXPONENTIAL: loop(CKERNELS_EXPONENTIAL, __VA_ARGS__); break; \
    case CKERNELS_LOGARITHM: loop(CKERNELS_LOGARITHM, __VA_ARGS__); break; \
    case CKERNELS_SQUARE_ROOT: loop(CKERNELS_SQUARE_ROOT, __VA_ARGS__); break; \
    case CKERNELS_SQUARE: loop(CKERNELS_SQUARE, __VA_ARGS__); break; \
    case CKERNELS_RECIPROCAL: loop(CKERNELS_RECIPROCAL, __VA_ARGS__); break; \
    case CKERNELS_ABSOLUTE_VALUE: loop(CKERNELS_ABSOLUTE_VALUE, __VA_ARGS__); break; \
    case CKERNELS_TANGENT: loop(CKERNELS_TANGENT, __VA_ARGS__); break; \
    case CKERNELS_SIGMOID: loop(CKERNELS_SIGMOID, __VA_ARGS__); break; \
    case CKERNELS_RELU: loop(CKERNELS_RELU, __VA_ARGS__); break; \
    case CKERNELS_GELU: loop(CKERNELS_GELU, __VA_ARGS__); break; \
    case CKERNELS_GELU_TANGENT: loop(CKERNELS_GELU_TANGENT, __VA_ARGS__); break; \
    case CKERNELS_QUICK_GELU: loop(CKERNELS_QUICK_GELU, __VA_ARGS__); break; \
    case CKERNELS_SILU: loop(CKERNELS_SILU, __VA_ARGS__); break; \
    }

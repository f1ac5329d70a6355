#include "ckernels_digests.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define SHA_INSTRUCTIONS __attribute__((target("sha,sse4.1")))

// Four rounds. The instruction makes two of them, and takes and gives the working variables as (a, b, e, f) and
// (c, d, g, h), the first in the highest lane; what (a, b, e, f) were is what (c, d, g, h) become.
SHA_INSTRUCTIONS
static inline __attribute__((always_inline)) void four_rounds(__m128i *abef, __m128i *cdgh, __m128i words) {
    *cdgh = _mm_sha256rnds2_epu32(*cdgh, *abef, words);
    *abef = _mm_sha256rnds2_epu32(*abef, *cdgh, _mm_srli_si128(words, 8));
}

SHA_INSTRUCTIONS
static void sha256_blocks(uint32_t *state, const uint32_t *constants, const uint8_t *blocks, size_t count) {
    const __m128i bytes_reversed = _mm_set_epi64x(0x0C0D0E0F08090A0B, 0x0405060700010203);
    // (a, b, c, d) and (e, f, g, h), the first in the lowest lane.
    __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xB1);
    __m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1B);
    __m128i abef = _mm_alignr_epi8(badc, hgfe, 8);
    __m128i cdgh = _mm_blend_epi16(hgfe, badc, 0xF0);

    for (const uint8_t *end = blocks + 64 * count; blocks < end; blocks += 64) {
        __m128i abef_before = abef, cdgh_before = cdgh;
        // The last 16 words of the message schedule.
        __m128i words[4];
#pragma clang loop unroll(full)
        for (int step = 0; step < 16; step++) {
            __m128i *oldest = &words[step % 4];
            if (step < 4) {
                __m128i bytes = _mm_loadu_si128((const __m128i *)blocks + step);
                *oldest = _mm_shuffle_epi8(bytes, bytes_reversed);
            } else {
                __m128i second = words[(step + 1) % 4], third = words[(step + 2) % 4], last = words[(step + 3) % 4];
                __m128i seven_back = _mm_alignr_epi8(last, third, 4);
                __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(*oldest, second), seven_back);
                *oldest = _mm_sha256msg2_epu32(sum, last);
            }
            __m128i four_constants = _mm_loadu_si128((const __m128i *)constants + step);
            four_rounds(&abef, &cdgh, _mm_add_epi32(*oldest, four_constants));
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }

    __m128i feba = _mm_shuffle_epi32(abef, 0x1B), dchg = _mm_shuffle_epi32(cdgh, 0xB1);
    _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xF0));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

ckernels_sha256_blocks ckernels_sha256_in_hardware(void) {
    return __builtin_cpu_supports("sha") && __builtin_cpu_supports("sse4.1") ? sha256_blocks : 0;
}

#else

ckernels_sha256_blocks ckernels_sha256_in_hardware(void) { return 0; }

#endif

// Digests, in the instructions that some processors have for them.
#pragma once

#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/// Adds blocks of 64 bytes to a state of SHA-256: FIPS 180-4, *Secure Hash Standard*, 2015, section 6.2.2.
///
/// - Parameters:
///   - state: The eight working variables.
///   - constants: The 64 constants of section 4.2.2.
///   - blocks: The blocks, at any address.
///   - count: How many blocks there are.
typedef void (*ckernels_sha256_blocks)(
    uint32_t *state, const uint32_t *constants, const uint8_t *blocks, size_t count);

/// The loop in the processor's own instructions for SHA-256; null if it has none.
ckernels_sha256_blocks _Nullable ckernels_sha256_in_hardware(void);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

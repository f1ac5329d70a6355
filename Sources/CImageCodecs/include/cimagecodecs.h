// libjpeg-turbo and libpng for callers that cannot take part in setjmp and longjmp.
//
// A reader is opened on bytes that stay where they are until it is closed. Every call reports a failure by its result, with
// the library's words in `message`; after one, a reader can only be closed.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

enum { IMAGE_CODECS_MESSAGE_SIZE = 256 };

/// How a call ended.
enum image_codecs_status {
    IMAGE_CODECS_DONE,
    /// The bytes end before the image does.
    IMAGE_CODECS_TRUNCATED,
    /// The bytes are not what the format asks for.
    IMAGE_CODECS_MALFORMED,
    /// The image is valid, and of a kind that is not read.
    IMAGE_CODECS_UNSUPPORTED,
    /// There is no memory left.
    IMAGE_CODECS_NO_MEMORY,
};

/// What stands for a pixel. All samples have 8 bits but those of `GRAY16`.
enum image_codecs_pixels {
    IMAGE_CODECS_GRAY,
    /// Two bytes, the higher one first.
    IMAGE_CODECS_GRAY16,
    IMAGE_CODECS_GRAY_ALPHA,
    IMAGE_CODECS_RGB,
    IMAGE_CODECS_RGBA,
    /// One byte, which counts entries of the palette.
    IMAGE_CODECS_PALETTE,
    /// Amounts of ink, of which 255 means none.
    IMAGE_CODECS_INVERTED_CMYK,
};

struct image_codecs_header {
    uint32_t width, height;
    enum image_codecs_pixels pixels;
    /// The bytes of a row.
    size_t row_byte_count;
    /// The number of colours.
    uint32_t palette_count;
    /// Red, green and blue of each colour; black where the file has none.
    uint8_t palette[256][3];
};

struct image_codecs_jpeg_reader;
struct image_codecs_png_reader;

/// Opens a JPEG file and reads up to its pixels.
///
/// - Parameters:
///   - reader: Set to what must be closed, whatever the result is; nil if there is no memory.
enum image_codecs_status image_codecs_jpeg_open(
    const uint8_t *bytes, size_t count, struct image_codecs_jpeg_reader *_Nullable *_Nonnull reader,
    struct image_codecs_header *header, char *message);
/// Reads all rows, one after the other without gaps.
enum image_codecs_status image_codecs_jpeg_read(
    struct image_codecs_jpeg_reader *reader, uint8_t *rows, char *message);
void image_codecs_jpeg_close(struct image_codecs_jpeg_reader *_Nullable reader);

/// Opens a PNG file and reads up to its pixels.
///
/// - Parameters:
///   - reader: Set to what must be closed, whatever the result is; nil if there is no memory.
enum image_codecs_status image_codecs_png_open(
    const uint8_t *bytes, size_t count, struct image_codecs_png_reader *_Nullable *_Nonnull reader,
    struct image_codecs_header *header, char *message);
/// Reads all rows, one after the other without gaps.
enum image_codecs_status image_codecs_png_read(struct image_codecs_png_reader *reader, uint8_t *rows, char *message);
void image_codecs_png_close(struct image_codecs_png_reader *_Nullable reader);

/// Writes a baseline JPEG file, with colours at half the resolution in both directions.
///
/// - Parameters:
///   - channels: 1 or 3.
///   - quality: 1 to 100.
///   - bytes: Set to memory that the caller frees, or nil.
enum image_codecs_status image_codecs_jpeg_write(
    const uint8_t *pixels, uint32_t width, uint32_t height, int channels, int quality,
    uint8_t *_Nullable *_Nonnull bytes, size_t *count, char *message);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

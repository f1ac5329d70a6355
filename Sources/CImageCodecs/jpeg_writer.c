#include "cimagecodecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>
// After jpeglib.h, whose types it uses.
#include <jerror.h>

#include "jpeg_failure.h"

struct writer {
    struct jpeg_compress_struct codec;
    struct jpeg_destination_mgr destination;
    struct jpeg_failure failure;
    uint8_t *bytes;
    size_t size;
};

static void grow(j_compress_ptr codec, size_t size) {
    struct writer *writer = codec->client_data;
    uint8_t *bytes = realloc(writer->bytes, size);
    if (!bytes) ERREXIT1(codec, JERR_OUT_OF_MEMORY, 0);
    codec->dest->next_output_byte = bytes + writer->size;
    codec->dest->free_in_buffer = size - writer->size;
    writer->bytes = bytes;
    writer->size = size;
}

static void begin(j_compress_ptr codec) { grow(codec, 1 << 16); }

// The library calls this when there is no room at all, whatever it says of how much there is.
static boolean make_room(j_compress_ptr codec) {
    grow(codec, 2 * ((struct writer *)codec->client_data)->size);
    return TRUE;
}

static void end(j_compress_ptr codec) {
    struct writer *writer = codec->client_data;
    writer->size -= codec->dest->free_in_buffer;
}

enum image_codecs_status image_codecs_jpeg_write(
    const uint8_t *pixels, uint32_t width, uint32_t height, int channels, int quality, uint8_t **bytes, size_t *count,
    char *message) {
    *bytes = NULL;
    *count = 0;
    struct writer *writer = calloc(1, sizeof *writer);
    if (!writer) return IMAGE_CODECS_NO_MEMORY;
    struct jpeg_compress_struct *codec = &writer->codec;
    codec->err = jpeg_failure_manager(&writer->failure, message);
    if (setjmp(writer->failure.place)) {
        free(writer->bytes);
    } else {
        jpeg_create_compress(codec);
        codec->client_data = writer;
        writer->destination = (struct jpeg_destination_mgr){
            .init_destination = begin, .empty_output_buffer = make_room, .term_destination = end};
        codec->dest = &writer->destination;
        codec->image_width = width;
        codec->image_height = height;
        codec->input_components = channels;
        codec->in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
        jpeg_set_defaults(codec);
        jpeg_set_quality(codec, quality, TRUE);
        jpeg_start_compress(codec, TRUE);
        while (codec->next_scanline < height) {
            JSAMPROW row = (JSAMPROW)pixels + (size_t)codec->next_scanline * width * (size_t)channels;
            jpeg_write_scanlines(codec, &row, 1);
        }
        jpeg_finish_compress(codec);
        *bytes = writer->bytes;
        *count = writer->size;
    }
    enum image_codecs_status status = writer->failure.status;
    jpeg_destroy_compress(codec);
    free(writer);
    return status;
}

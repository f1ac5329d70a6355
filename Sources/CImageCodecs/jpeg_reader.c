#include "cimagecodecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>
// After jpeglib.h, whose types it uses.
#include <jerror.h>

#include "jpeg_failure.h"

// More scans than any encoder makes. Each one costs a pass over the whole image, and can be a few bytes long.
enum { SCAN_LIMIT = 500 };

struct image_codecs_jpeg_reader {
    struct jpeg_decompress_struct codec;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    struct jpeg_failure failure;
};

static void do_nothing(j_decompress_ptr codec) { (void)codec; }

// All bytes are there from the start. Without more of them the library stops where it is, which makes the image truncated.
static boolean have_no_more(j_decompress_ptr codec) {
    (void)codec;
    return FALSE;
}

static void skip(j_decompress_ptr codec, long count) {
    if (count <= 0) return;
    size_t skipped = (size_t)count < codec->src->bytes_in_buffer ? (size_t)count : codec->src->bytes_in_buffer;
    codec->src->next_input_byte += skipped;
    codec->src->bytes_in_buffer -= skipped;
}

static void limit_scans(j_common_ptr codec) {
    if (codec->is_decompressor && ((j_decompress_ptr)codec)->input_scan_number > SCAN_LIMIT)
        jpeg_fail_with(codec, IMAGE_CODECS_MALFORMED, "there are more than 500 scans");
}

enum image_codecs_status image_codecs_jpeg_open(
    const uint8_t *bytes, size_t count, struct image_codecs_jpeg_reader **result, struct image_codecs_header *header,
    char *message) {
    struct image_codecs_jpeg_reader *reader = *result = calloc(1, sizeof *reader);
    if (!reader) return IMAGE_CODECS_NO_MEMORY;
    struct jpeg_decompress_struct *codec = &reader->codec;
    codec->err = jpeg_failure_manager(&reader->failure, message);
    if (setjmp(reader->failure.place)) return reader->failure.status;
    jpeg_create_decompress(codec);
    reader->progress.progress_monitor = limit_scans;
    codec->progress = &reader->progress;
    reader->source = (struct jpeg_source_mgr){
        .next_input_byte = bytes,
        .bytes_in_buffer = count,
        .init_source = do_nothing,
        .fill_input_buffer = have_no_more,
        .skip_input_data = skip,
        .resync_to_restart = jpeg_resync_to_restart,
        .term_source = do_nothing,
    };
    codec->src = &reader->source;
    if (jpeg_read_header(codec, TRUE) != JPEG_HEADER_OK) return IMAGE_CODECS_TRUNCATED;
    header->width = codec->image_width;
    header->height = codec->image_height;
    switch (codec->num_components) {
    case 1:
        header->pixels = IMAGE_CODECS_GRAY;
        codec->out_color_space = JCS_GRAYSCALE;
        break;
    case 3:
        header->pixels = IMAGE_CODECS_RGB;
        codec->out_color_space = JCS_RGB;
        break;
    case 4:
        header->pixels = IMAGE_CODECS_INVERTED_CMYK;
        codec->out_color_space = JCS_CMYK;
        break;
    default:
        snprintf(message, IMAGE_CODECS_MESSAGE_SIZE, "images of %d components are not read", codec->num_components);
        return IMAGE_CODECS_UNSUPPORTED;
    }
    header->row_byte_count = (size_t)codec->image_width * (size_t)codec->num_components;
    return IMAGE_CODECS_DONE;
}

enum image_codecs_status image_codecs_jpeg_read(
    struct image_codecs_jpeg_reader *reader, uint8_t *rows, char *message) {
    struct jpeg_decompress_struct *codec = &reader->codec;
    reader->failure.message = message;
    if (setjmp(reader->failure.place)) return reader->failure.status;
    if (!jpeg_start_decompress(codec)) return IMAGE_CODECS_TRUNCATED;
    size_t row_byte_count = (size_t)codec->output_width * (size_t)codec->output_components;
    while (codec->output_scanline < codec->output_height) {
        JSAMPROW row = rows + codec->output_scanline * row_byte_count;
        if (jpeg_read_scanlines(codec, &row, 1) == 0) return IMAGE_CODECS_TRUNCATED;
    }
    return IMAGE_CODECS_DONE;
}

void image_codecs_jpeg_close(struct image_codecs_jpeg_reader *reader) {
    if (!reader) return;
    jpeg_destroy_decompress(&reader->codec);
    free(reader);
}

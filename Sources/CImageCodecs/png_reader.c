#include "cimagecodecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

struct image_codecs_png_reader {
    png_structp codec;
    png_infop info;
    const uint8_t *next;
    size_t left;
    jmp_buf place;
    enum image_codecs_status status;
    char *message;
    uint32_t width, height;
    size_t row_byte_count;
    int passes;
};

static void fail(png_structp codec, png_const_charp text) {
    struct image_codecs_png_reader *reader = png_get_error_ptr(codec);
    if (reader->status == IMAGE_CODECS_DONE) reader->status = IMAGE_CODECS_MALFORMED;
    snprintf(reader->message, IMAGE_CODECS_MESSAGE_SIZE, "%s", text);
    longjmp(reader->place, 1);
}

static void say_nothing(png_structp codec, png_const_charp text) {
    (void)codec;
    (void)text;
}

static void take(png_structp codec, png_bytep bytes, size_t count) {
    struct image_codecs_png_reader *reader = png_get_io_ptr(codec);
    if (count > reader->left) {
        reader->status = IMAGE_CODECS_TRUNCATED;
        png_error(codec, "the bytes end too early");
    }
    memcpy(bytes, reader->next, count);
    reader->next += count;
    reader->left -= count;
}

// Asks for 8 bits a sample, except for grey of 16, whose conversion is left to the caller.
static enum image_codecs_pixels choose_pixels(png_structp codec, int color_type, int depth) {
    switch (color_type) {
    case PNG_COLOR_TYPE_GRAY:
        if (depth == 16) return IMAGE_CODECS_GRAY16;
        if (depth < 8) png_set_expand_gray_1_2_4_to_8(codec);
        return IMAGE_CODECS_GRAY;
    case PNG_COLOR_TYPE_PALETTE: png_set_packing(codec); return IMAGE_CODECS_PALETTE;
    case PNG_COLOR_TYPE_GRAY_ALPHA: png_set_strip_16(codec); return IMAGE_CODECS_GRAY_ALPHA;
    case PNG_COLOR_TYPE_RGB: png_set_strip_16(codec); return IMAGE_CODECS_RGB;
    default: png_set_strip_16(codec); return IMAGE_CODECS_RGBA;
    }
}

enum image_codecs_status image_codecs_png_open(
    const uint8_t *bytes, size_t count, struct image_codecs_png_reader **result, struct image_codecs_header *header,
    char *message) {
    struct image_codecs_png_reader *reader = *result = calloc(1, sizeof *reader);
    if (!reader) return IMAGE_CODECS_NO_MEMORY;
    reader->next = bytes;
    reader->left = count;
    reader->message = message;
    reader->codec = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, fail, say_nothing);
    if (!reader->codec) return IMAGE_CODECS_NO_MEMORY;
    if (setjmp(reader->place)) return reader->status;
    png_structp codec = reader->codec;
    reader->info = png_create_info_struct(codec);
    if (!reader->info) return IMAGE_CODECS_NO_MEMORY;
    // The caller limits the number of pixels. What is no pixel is skipped; metadata are read elsewhere.
    png_set_user_limits(codec, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_keep_unknown_chunks(codec, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_read_fn(codec, reader, take);
    png_read_info(codec, reader->info);
    int depth = 0, color_type = 0;
    png_get_IHDR(codec, reader->info, &reader->width, &reader->height, &depth, &color_type, NULL, NULL, NULL);
    header->width = reader->width;
    header->height = reader->height;
    header->pixels = choose_pixels(codec, color_type, depth);
    png_colorp palette = NULL;
    int palette_count = 0;
    if (png_get_PLTE(codec, reader->info, &palette, &palette_count)) {
        header->palette_count = (uint32_t)palette_count;
        for (int i = 0; i < palette_count; i++) {
            header->palette[i][0] = palette[i].red;
            header->palette[i][1] = palette[i].green;
            header->palette[i][2] = palette[i].blue;
        }
    }
    reader->passes = png_set_interlace_handling(codec);
    png_read_update_info(codec, reader->info);
    header->row_byte_count = reader->row_byte_count = png_get_rowbytes(codec, reader->info);
    return IMAGE_CODECS_DONE;
}

enum image_codecs_status image_codecs_png_read(struct image_codecs_png_reader *reader, uint8_t *rows, char *message) {
    reader->message = message;
    if (setjmp(reader->place)) return reader->status;
    for (int pass = 0; pass < reader->passes; pass++)
        for (uint32_t y = 0; y < reader->height; y++)
            png_read_row(reader->codec, rows + (size_t)y * reader->row_byte_count, NULL);
    return IMAGE_CODECS_DONE;
}

void image_codecs_png_close(struct image_codecs_png_reader *reader) {
    if (!reader) return;
    if (reader->codec) png_destroy_read_struct(&reader->codec, &reader->info, NULL);
    free(reader);
}

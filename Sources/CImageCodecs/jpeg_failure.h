// How failures of libjpeg reach the caller.
#pragma once

#include "cimagecodecs.h"

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

struct jpeg_failure {
    struct jpeg_error_mgr manager;
    /// Where a failed call goes on.
    jmp_buf place;
    enum image_codecs_status status;
    char *message;
};

/// An error manager that leaves the failed call; warnings go nowhere, since what is damaged is still an image.
struct jpeg_error_mgr *jpeg_failure_manager(struct jpeg_failure *failure, char *message);

/// Leaves the failed call with words of our own.
_Noreturn void jpeg_fail_with(j_common_ptr codec, enum image_codecs_status status, const char *message);

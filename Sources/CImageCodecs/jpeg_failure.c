#include "jpeg_failure.h"

#include <jerror.h>

_Noreturn static void leave(j_common_ptr codec) {
    // The manager is the first member of what it belongs to.
    struct jpeg_failure *failure = (struct jpeg_failure *)codec->err;
    char text[JMSG_LENGTH_MAX];
    codec->err->format_message(codec, text);
    snprintf(failure->message, IMAGE_CODECS_MESSAGE_SIZE, "%s", text);
    failure->status = codec->err->msg_code == JERR_OUT_OF_MEMORY ? IMAGE_CODECS_NO_MEMORY : IMAGE_CODECS_MALFORMED;
    longjmp(failure->place, 1);
}

static void say_nothing(j_common_ptr codec) { (void)codec; }

static void count_warning(j_common_ptr codec, int level) {
    if (level < 0) codec->err->num_warnings++;
}

struct jpeg_error_mgr *jpeg_failure_manager(struct jpeg_failure *failure, char *message) {
    jpeg_std_error(&failure->manager);
    failure->manager.error_exit = leave;
    failure->manager.output_message = say_nothing;
    failure->manager.emit_message = count_warning;
    failure->message = message;
    return &failure->manager;
}

_Noreturn void jpeg_fail_with(j_common_ptr codec, enum image_codecs_status status, const char *message) {
    struct jpeg_failure *failure = (struct jpeg_failure *)codec->err;
    snprintf(failure->message, IMAGE_CODECS_MESSAGE_SIZE, "%s", message);
    failure->status = status;
    longjmp(failure->place, 1);
}

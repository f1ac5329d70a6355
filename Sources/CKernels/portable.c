// The form that each machine can run. Compilers vectorise it for what all processors of an architecture have.
#include "forms.h"

#define FORM portable
#if defined(__aarch64__)
#define FORM_CONVERTS_FLOAT16 1
#endif
#include "loops.h"

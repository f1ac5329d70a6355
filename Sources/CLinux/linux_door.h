// What glibc declares only under _GNU_SOURCE, which Swift does not set.
#pragma once

#include <sys/types.h>

int fallocate(int descriptor, int mode, off_t offset, off_t length);

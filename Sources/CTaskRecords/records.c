#include "CTaskRecords.h"

void celeriac_each_task_record_in(
    const void *start, size_t size, celeriac_task_visitor visit, void *context) {
    const size_t step = _Alignof(struct celeriac_task_record);
    const size_t length = sizeof(struct celeriac_task_record);
    const char *bytes = (const char *)(((uintptr_t)start + step - 1) / step * step);
    const char *end = (const char *)start + size;
    while (bytes < end && (size_t)(end - bytes) >= length) {
        const struct celeriac_task_record *record = (const struct celeriac_task_record *)(const void *)bytes;
        if (record->kind == CELERIAC_TASK_KIND && record->version == CELERIAC_TASK_VERSION && record->accessor) {
            visit(record, context);
            bytes += length;
        } else {
            bytes += step;
        }
    }
}

#if defined(__APPLE__)

#include <mach-o/dyld.h>
#include <mach-o/getsect.h>
#include <mach-o/loader.h>

void celeriac_each_task_record(celeriac_task_visitor visit, void *context) {
    for (uint32_t image = 0; image < _dyld_image_count(); image++) {
        const struct mach_header *header = _dyld_get_image_header(image);
        if (!header || header->magic != MH_MAGIC_64) continue;
        unsigned long size = 0;
        const uint8_t *start = getsectiondata(
            (const struct mach_header_64 *)(const void *)header, "__DATA_CONST", "__celeriac_task", &size);
        if (start) celeriac_each_task_record_in(start, size, visit, context);
    }
}

#else

// The linker defines these if any object has the section, because its name is a C identifier. They are weak, so that a
// program without tasks links too.
extern const char __start_celeriac_tasks[] __attribute__((weak, visibility("hidden")));
extern const char __stop_celeriac_tasks[] __attribute__((weak, visibility("hidden")));

void celeriac_each_task_record(celeriac_task_visitor visit, void *context) {
    const char *start = __start_celeriac_tasks;
    const char *stop = __stop_celeriac_tasks;
    if (start && stop > start) celeriac_each_task_record_in(start, (size_t)(stop - start), visit, context);
}

#endif

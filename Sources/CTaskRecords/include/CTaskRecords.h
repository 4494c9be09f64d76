#ifndef CELERIAC_TASK_RECORDS_H
#define CELERIAC_TASK_RECORDS_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// The record that `@Task` puts into the section `celeriac_tasks` (ELF) or `__DATA_CONST,__celeriac_task` (Mach-O).
struct celeriac_task_record {
    /// `CELERIAC_TASK_KIND`; a record with another value is not ours.
    uint32_t kind;
    /// The version of this layout: `CELERIAC_TASK_VERSION`.
    uint32_t version;
    /// Returns a retained reference to the task's box, which the caller releases.
    const void *_Nullable (*_Nonnull accessor)(void);
    uintptr_t reserved;
};

/// "CELT" in ASCII.
#define CELERIAC_TASK_KIND 0x43454C54u
#define CELERIAC_TASK_VERSION 1u

typedef void (*celeriac_task_visitor)(const struct celeriac_task_record *record, void *_Nullable context);

/// Visits the records of every visible image of the process: on Mach-O all images, on ELF the image that this function
/// is linked into.
void celeriac_each_task_record(celeriac_task_visitor visit, void *_Nullable context);

/// Visits the records in a piece of memory, and skips everything else in it: padding, other kinds, other versions.
void celeriac_each_task_record_in(
    const void *start, size_t size, celeriac_task_visitor visit, void *_Nullable context);

#pragma clang assume_nonnull end

#endif

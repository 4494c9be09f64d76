internal import CTaskRecords

/// Finds the tasks that `@Task` declared in this executable and in the libraries linked into it.
///
/// The macro leaves a record in a section of the object file; nothing runs at start, and no list is kept by hand. In
/// dynamic libraries on Linux records are not seen: register those tasks with ``TaskApp/register(_:)``.
public enum TaskDiscovery {
    /// Every task, in no particular order. The section is read anew by each call.
    public static func all() -> [any TaskDefinition] {
        var tasks: [any TaskDefinition] = []
        withUnsafeMutablePointer(to: &tasks) { tasks in
            celeriac_each_task_record(
                { record, tasks in
                    guard let pointer = record.pointee.accessor() else { return }
                    let box = Unmanaged<TaskBox>.fromOpaque(pointer).takeRetainedValue()
                    tasks!.assumingMemoryBound(to: [any TaskDefinition].self).pointee.append(box.task)
                }, tasks)
        }
        return tasks
    }

    /// What a record's accessor returns: a retained box of the task. Written by `@Task` only.
    public static func box(_ task: some TaskDefinition) -> UnsafeRawPointer? {
        UnsafeRawPointer(Unmanaged.passRetained(TaskBox(task)).toOpaque())
    }
}

/// Carries a task through C.
private final class TaskBox {
    let task: any TaskDefinition

    init(_ task: any TaskDefinition) { self.task = task }
}

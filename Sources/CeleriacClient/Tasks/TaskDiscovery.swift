internal import CTaskRecords

/// Finds the tasks that `@Task` declared in this executable and in the libraries linked into it.
///
/// The macro leaves a record in a section of the object file, so nothing runs at start and no list is kept by hand.
/// Records in dynamic libraries on Linux are not found: register those tasks with ``TaskApp/register(_:)``.
public enum TaskDiscovery {
    /// Returns every task, in no particular order. Each call reads the section again.
    package static func all() -> [any RunnableTask] {
        var tasks: [any RunnableTask] = []
        withUnsafeMutablePointer(to: &tasks) { tasks in
            celeriac_each_task_record(
                { record, tasks in
                    guard let pointer = record.pointee.accessor() else { return }
                    let box = Unmanaged<TaskBox>.fromOpaque(pointer).takeRetainedValue()
                    tasks!.assumingMemoryBound(to: [any RunnableTask].self).pointee.append(box.task)
                }, tasks)
        }
        return tasks
    }

    /// Returns a retained box of the task, for a record's accessor. Only code that `@Task` generates calls it.
    public static func box(_ task: some RunnableTask) -> UnsafeRawPointer? {
        UnsafeRawPointer(Unmanaged.passRetained(TaskBox(task)).toOpaque())
    }
}

/// Carries a task through C code.
private final class TaskBox {
    let task: any RunnableTask

    init(_ task: any RunnableTask) { self.task = task }
}

/// Answers a sender's questions about the tasks of its own program.
protocol TaskLookup: Sendable {
    /// Finds the tasks that are linked into the program, once.
    ///
    /// - Throws: `CeleriacError` with code `duplicateTask`.
    func discover() throws

    /// The options of a task; `nil` if this program does not have it.
    func options(of task: TaskName) -> TaskOptions?

    /// The parameters of a task; `nil` if this program does not know them.
    func parameters(of task: TaskName) -> [TaskParameter]?
}

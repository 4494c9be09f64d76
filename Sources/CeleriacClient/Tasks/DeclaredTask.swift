/// A task in a ``TaskCatalogue``, with its properties read once.
package struct DeclaredTask: Sendable {
    package let task: any RunnableTask
    package let name: TaskName
    /// Its place in the order of registration.
    package let index: Int
    package let options: TaskOptions
    package let parameters: [TaskParameter]?
    /// The Swift type that defines it, for the error about two tasks with the same name.
    package let origin: String
    /// The type of its output, as Swift reflects it, such as `Swift.Array<Swift.Int>`.
    package let output: String
    /// The type of the value that the task is a method of; `nil` if it needs none.
    package let containerType: (any TaskContainer.Type)?

    init<Task: RunnableTask>(_ task: Task, index: Int) {
        self.task = task
        self.index = index
        name = task.name
        options = task.options
        parameters = task.parameters
        origin = String(reflecting: Task.self)
        output = String(reflecting: Task.Output.self)
        containerType = task.containerType
    }
}

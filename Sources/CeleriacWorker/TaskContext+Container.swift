extension TaskContext {
    /// Returns the value of a task container that the worker's app has in ``AppOptions/containers``. The code that
    /// `@Task` writes calls it.
    ///
    /// - Throws: a ``TaskDirective`` if the app has no such value. The call is then parked as a dead letter, whose
    ///   failure has the type `MissingContainer` and names the container.
    public func container<Container: TaskContainer>(_ type: Container.Type) throws -> Container {
        guard let value = app.containers.value(of: type) else {
            throw TaskDirective(.missingContainer(String(reflecting: type)))
        }
        return value
    }

    /// Explains the error for a `@Task` method in an extension of a type that is not a task container.
    @available(
        *, unavailable,
        message: "a method can be a task only in a type marked with @TaskContainer: mark the type, or make it static"
    )
    public func container<Value>(_ type: Value.Type) throws -> Value { preconditionFailure("unavailable") }
}

import Synchronization

extension TaskApp {
    @TaskLocal private static var local: TaskApp?
    private static let processDefault = Guarded<TaskApp?>(nil)

    /// The app that `$task.delay(…)` uses: the app of the enclosing ``use(_:)``, else of the running task, else the
    /// default of the process.
    ///
    /// - Throws: `CeleriacError` with code `noApp`.
    public static var current: TaskApp {
        get throws {
            if let app = local ?? CurrentSender.value?.app ?? processDefault.withLock({ $0 }) { return app }
            throw CeleriacError(
                .noApp,
                "no app is set: make one (TaskApp(\"sqlite:///tasks.sqlite\", schemes: [.sqlite])) and call makeDefault() "
                    + "on it before the first delay(), or wrap the call in app.use { … }"
            )
        }
    }

    /// Makes this the app that calls use when no other is in scope. A later call on another app replaces it.
    public func makeDefault() {
        Self.processDefault.withLock { $0 = self }
    }

    /// Runs `body` with this as the current app.
    @discardableResult
    public func use<Value>(_ body: () async throws -> Value) async rethrows -> Value {
        try await Self.$local.withValue(self, operation: body)
    }
}

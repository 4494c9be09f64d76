import CeleriacPool

extension Worker {
    /// Whether this process is the child of a worker whose tasks run in children
    /// (``TaskPool/processes(count:concurrencyPerChild:)``).
    ///
    /// Such a child is this program, started again with the same arguments. It must come to ``run()``, which then serves the
    /// worker that started it, and does not return. What it must not do on the way is what only one process can: listen on a
    /// port, print a greeting.
    ///
    /// ```swift
    /// let worker = Worker(app, options: WorkerOptions(pool: .processes()))
    /// if Worker.isChild { try await worker.run() }
    /// try await ServiceGroup(services: [server, worker], …).run()
    /// ```
    public static var isChild: Bool { ThisProcess.parent != nil }
}

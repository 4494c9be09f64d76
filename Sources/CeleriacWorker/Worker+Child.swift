import CeleriacPool

extension Worker {
    /// Whether this process is a child of a worker that runs its tasks in children
    /// (``TaskPool/processes(count:concurrencyPerChild:)``).
    ///
    /// Such a child is this program, started again with the same arguments. It must reach ``run()``, which then serves
    /// the worker that started it, and does not return. Before that it must not do what only one process can do, such
    /// as listen on a port or print a greeting.
    ///
    /// ```swift
    /// let worker = Worker(app, options: WorkerOptions(pool: .processes()))
    /// if Worker.isChild { try await worker.run() }
    /// try await ServiceGroup(services: [server, worker], …).run()
    /// ```
    public static var isChild: Bool { ThisProcess.parent != nil }
}

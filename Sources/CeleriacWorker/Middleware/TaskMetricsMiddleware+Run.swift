#if Metrics
    import Metrics

    extension TaskMetricsMiddleware: TaskMiddleware {
        public func run(_ context: TaskContext, next: RunNext) async throws -> [UInt8] {
            let task = [("task", context.task.rawValue)]
            let running = Meter(label: "celeriac_tasks_running", dimensions: task)
            let start = context.app.time.uptime
            running.increment(by: 1)
            defer {
                running.decrement(by: 1)
                Timer(label: "celeriac_task_run_seconds", dimensions: task)
                    .recordNanoseconds(Int64((context.app.time.uptime - start).seconds * 1e9))
            }
            do {
                let result = try await next()
                count(context, "success")
                return result
            } catch {
                count(context, (error as? TaskDirective)?.outcome ?? "error")
                throw error
            }
        }

        private func count(_ context: TaskContext, _ outcome: String) {
            let dimensions = [
                ("task", context.task.rawValue), ("queue", context.queue.rawValue), ("outcome", outcome),
            ]
            Counter(label: "celeriac_tasks_total", dimensions: dimensions).increment()
        }
    }

    extension TaskDirective {
        /// The outcome under which an attempt that threw it is counted.
        fileprivate var outcome: String {
            switch kind {
            case .retry: "retry"
            case .snooze: "snooze"
            case .reject, .missingContainer: "reject"
            case .discard: "discard"
            case .replace: "replaced"
            }
        }
    }
#endif

#if Tracing
    import Instrumentation
    import ServiceContextModule
    import Tracing

    extension TaskTracingMiddleware: TaskMiddleware {
        public func run(_ context: TaskContext, next: RunNext) async throws -> [UInt8] {
            var parent = ServiceContext.current ?? .topLevel
            InstrumentationSystem.instrument
                .extract(context.headers.extra, into: &parent, using: HeaderExtractor())
            return try await withSpan("run \(context.task)", context: parent, ofKind: .consumer) { span in
                span.attributes["messaging.message.id"] = context.id.rawValue
                span.attributes["messaging.destination.name"] = context.queue.rawValue
                span.attributes["celeriac.attempt"] = context.attempt
                return try await next()
            }
        }
    }

    private struct HeaderExtractor: Extractor {
        func extract(key: String, from carrier: JSONObject) -> String? { carrier[key]?.stringValue }
    }
#endif

#if Tracing
    import Instrumentation
    import ServiceContextModule
    import Tracing

    /// Carries the trace from the caller to the task, and makes a span for each send and each run.
    ///
    /// The trace context travels in the message's headers, under the names that the bootstrapped instrument uses
    /// (`traceparent` for W3C). OpenTelemetry for Celery reads it from there too.
    public struct TaskTracingMiddleware: SendMiddleware {
        /// The context of the span around the current send, if there is one.
        @TaskLocal private static var sending: ServiceContext?

        /// Makes the middleware; it uses the process's instrument.
        public init() {}

        public func send<Value>(_ messages: [Message], next: SendNext<Value>) async throws -> Value {
            try await withSpan(Self.name(of: messages), ofKind: .producer) { span in
                Self.describe(messages, in: span)
                return try await Self.$sending.withValue(span.context) { try await next() }
            }
        }

        /// Writes the trace context into each message. If a store publishes the messages later, outside of a send, a
        /// separate span stands for the publish.
        public func plan(_ messages: [Message]) async throws -> [Message] {
            if let context = Self.sending { return Self.carrying(context, messages) }
            return withSpan(Self.name(of: messages), ofKind: .producer) { span in
                Self.describe(messages, in: span)
                return Self.carrying(span.context, messages)
            }
        }

        private static func name(of messages: [Message]) -> String {
            messages.count == 1 ? "publish \(messages[0].task)" : "publish \(messages.count) calls"
        }

        private static func describe(_ messages: [Message], in span: any Span) {
            if messages.count == 1 { span.attributes["messaging.message.id"] = messages[0].id.rawValue }
        }

        private static func carrying(_ context: ServiceContext, _ messages: [Message]) -> [Message] {
            messages.map { message in
                var message = message
                InstrumentationSystem.instrument
                    .inject(context, into: &message.headers.extra, using: HeaderInjector())
                return message
            }
        }
    }

    private struct HeaderInjector: Injector {
        func inject(_ value: String, forKey key: String, into carrier: inout JSONObject) {
            carrier[key] = .string(value)
        }
    }
#endif

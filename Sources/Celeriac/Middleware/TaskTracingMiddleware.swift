import Instrumentation
import ServiceContextModule
import Tracing

/// Carries the trace from the caller to the task, and makes a span of each.
///
/// The trace context travels in the message's headers, under the names that the bootstrapped instrument uses
/// (`traceparent` for W3C), where OpenTelemetry for Celery looks for it too.
public struct TaskTracingMiddleware: TaskMiddleware {
    public init() {}

    public func publish(_ messages: [Message], next: PublishNext) async throws -> PublishReport {
        let name = messages.count == 1 ? "publish \(messages[0].task)" : "publish \(messages.count) calls"
        return try await withSpan(name, ofKind: .producer) { span in
            var messages = messages
            for index in messages.indices {
                InstrumentationSystem.instrument
                    .inject(span.context, into: &messages[index].headers.extra, using: HeaderInjector())
            }
            if messages.count == 1 { span.attributes["messaging.message.id"] = messages[0].id.rawValue }
            return try await next(messages)
        }
    }

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

private struct HeaderInjector: Injector {
    func inject(_ value: String, forKey key: String, into carrier: inout JSONObject) {
        carrier[key] = .string(value)
    }
}

private struct HeaderExtractor: Extractor {
    func extract(key: String, from carrier: JSONObject) -> String? { carrier[key]?.stringValue }
}

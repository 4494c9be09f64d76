import CeleriacCore
import Foundation

/// A call on its way to a child: the delivery without its receipt, which only the supervisor may have.
struct ChildJob: Sendable {
    /// Numbers the runs of one supervisor. Unlike a task's id it never occurs twice.
    let number: UInt64
    let envelope: Envelope
    let queue: QueueName
    let deliveryCount: Int
    let startedAt: Date
}

extension ChildJob {
    init(number: UInt64, run: Run) {
        self.init(
            number: number, envelope: run.envelope, queue: run.queue, deliveryCount: run.deliveryCount,
            startedAt: run.startedAt)
    }

    /// The run as its child has it. The supervisor keeps its time limits.
    func run(_ handle: RunHandle) -> Run {
        Run(
            envelope: envelope, queue: queue, deliveryCount: deliveryCount, startedAt: startedAt, handle: handle)
    }
}

extension FrameWriter {
    /// `number u64, deliveries u32, started f64, queue, seven properties, headers, body`
    mutating func put(_ job: ChildJob) {
        put(.job) { writer in
            writer.put(job.number)
            writer.put(UInt32(clamping: job.deliveryCount))
            writer.put(job.startedAt.timeIntervalSinceReferenceDate)
            writer.put(job.queue.rawValue)
            writer.put(job.envelope.properties)
            writer.put(job.envelope.headers)
            writer.put(job.envelope.body)
        }
    }

    private mutating func put(_ properties: Envelope.Properties) {
        put(properties.contentType)
        put(properties.contentEncoding)
        put(properties.priority != nil)
        if let priority = properties.priority { put(Int64(priority.rawValue)) }
        put(properties.correlationID)
        put(properties.replyTo)
        put(properties.exchange)
        put(properties.routingKey)
    }
}

extension ChildJob {
    init(_ frame: Frame) throws {
        var reader = FrameReader(frame)
        number = try reader.number()
        deliveryCount = Int(try reader.number(UInt32.self))
        startedAt = Date(timeIntervalSinceReferenceDate: try reader.double())
        queue = try QueueName(reader.text())
        var properties = Envelope.Properties()
        properties.contentType = try reader.text()
        properties.contentEncoding = try reader.text()
        if try reader.bool() { properties.priority = CallPriority(rawValue: Int(try reader.number(Int64.self))) }
        properties.correlationID = try reader.optionalText()
        properties.replyTo = try reader.optionalText()
        properties.exchange = try reader.optionalText()
        properties.routingKey = try reader.optionalText()
        let headers = try reader.headers()
        envelope = Envelope(headers: headers, properties: properties, body: try reader.block())
    }
}

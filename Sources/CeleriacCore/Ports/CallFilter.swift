#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// What a search asks of a call. A call matches if it matches every field that is set; the empty filter matches all.
public struct CallFilter: Sendable, Hashable {
    /// A task by its whole name, or by the beginning of its name.
    public struct TaskPattern: Sendable, Hashable {
        public var text: String
        public var isPrefix: Bool

        /// - Parameter text: a name; a `*` at its end stands for any text, a `*` elsewhere for itself.
        public init(_ text: String) {
            isPrefix = text.hasSuffix("*")
            self.text = isPrefix ? String(text.dropLast()) : text
        }

        public func matches(_ task: TaskName) -> Bool {
            isPrefix ? task.rawValue.utf8.starts(with: text.utf8) : task.rawValue.utf8.elementsEqual(text.utf8)
        }
    }

    /// Where its message is; empty for anywhere.
    public var stages: Set<MessagePlace.Status> = []
    public var queue: QueueName?
    public var task: TaskPattern?
    /// The beginning of its id.
    public var idPrefix = ""
    /// A text with which its id begins, or which occurs in its arguments or in the reason of a dead letter; compared by
    /// bytes, so case matters.
    public var text = ""
    /// The error type of its last failed attempt.
    public var errorType: String?
    /// When it was published, or for a dead letter when it died: not before this date.
    public var from: Date?
    /// The same: before this date.
    public var to: Date?
    public var root: TaskID?
    public var parent: TaskID?
    public var group: String?
    /// The entry of the schedule that published it.
    public var schedule: String?
    /// The number of its attempt is at least this.
    public var leastAttempt = 0

    public init() {}

    /// Whether every call of a place matches.
    package var isOpen: Bool {
        var other = CallFilter()
        (other.stages, other.queue) = (stages, queue)
        return self == other
    }
}

extension CallFilter {
    /// Whether the message matches all fields but the place.
    package func matches(_ call: FoundCall) -> Bool {
        let headers = call.message.envelope.headers
        return task?.matches(headers.task) != false && call.id.rawValue.utf8.starts(with: idPrefix.utf8)
            && headers.attempt >= leastAttempt && matchesRelations(headers)
            && matchesDate(call.letter?.diedAt ?? call.message.enqueuedAt)
            && (errorType.map { $0 == headers.history.last?.type } ?? true) && matchesText(call)
    }

    private func matchesRelations(_ headers: MessageHeaders) -> Bool {
        (root.map { $0 == headers.rootID ?? headers.id } ?? true) && (parent.map { $0 == headers.parentID } ?? true)
            && (group.map { $0 == headers.group } ?? true)
            && (schedule.map { headers.extra["x_beat"]?.stringValue == $0 } ?? true)
    }

    private func matchesDate(_ date: Date) -> Bool {
        (from.map { date >= $0 } ?? true) && (to.map { date < $0 } ?? true)
    }

    /// The sender's own rendering of the arguments counts, where there is one, since it may hide some of them.
    private func matchesText(_ call: FoundCall) -> Bool {
        guard !text.isEmpty, !call.id.rawValue.utf8.starts(with: text.utf8) else { return true }
        let envelope = call.message.envelope
        let shown = ["argsrepr", "kwargsrepr"].compactMap { envelope.extra[JSONKey($0)]?.stringValue }
        if shown.contains(where: { $0.utf8.contains(text) }) { return true }
        if shown.isEmpty, envelope.compression == nil, envelope.body.contains(text) { return true }
        return call.letter?.reason.utf8.contains(text) ?? false
    }
}

extension Collection<UInt8> {
    /// Whether the bytes of a text occur among these, by Horspool's algorithm.
    fileprivate func contains(_ text: String) -> Bool {
        let found = withContiguousStorageIfAvailable { bytes in
            var text = text
            return text.withUTF8 { Search($0).occurs(in: bytes) }
        }
        return found ?? Array(self).contains(text)
    }
}

/// A search for bytes that skips as far as the byte under its end allows.
private struct Search {
    private let pattern: UnsafeBufferPointer<UInt8>
    private var skips: [Int]

    init(_ pattern: UnsafeBufferPointer<UInt8>) {
        self.pattern = pattern
        skips = [Int](repeating: pattern.count, count: 256)
        for (place, byte) in pattern.dropLast().enumerated() { skips[Int(byte)] = pattern.count - 1 - place }
    }

    func occurs(in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard !pattern.isEmpty else { return true }
        var start = 0
        while start + pattern.count <= bytes.count {
            if bytes[start..<start + pattern.count].elementsEqual(pattern) { return true }
            start += skips[Int(bytes[start + pattern.count - 1])]
        }
        return false
    }
}

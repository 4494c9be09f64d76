/// A result backend whose documents other programs read and write, in formats that all of them have agreed on.
///
/// Stores whose records nobody else reads have no use for this, and keep a format of their own.
public protocol ResultSerializing: ResultBackend {
    /// Sets the formats of results. The app calls it once, before it uses the store.
    ///
    /// - Parameters:
    ///   - serializer: how results, parts of chords and saved groups are written: Celery's `result_serializer`.
    ///   - accepted: the formats that are read besides: Celery's `result_accept_content`.
    func writeResults(in serializer: Serializer, accepting accepted: [Serializer])
}

/// The formats in which results are written and read.
package struct ResultFormats: Sendable {
    /// JSON alone.
    package static let json = ResultFormats()

    package let written: Serializer
    /// Always with the one that is written.
    package let accepted: [Serializer]

    package init(written: Serializer = .json, accepted: [Serializer] = []) {
        self.written = written
        self.accepted = accepted.contains(written) ? accepted : accepted + [written]
    }
}

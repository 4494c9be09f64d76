/// A result backend whose documents other programs read and write, in formats that all of them agree on.
///
/// Stores whose records no other program reads do not need this, and use a format of their own.
public protocol ResultSerializing: ResultBackend {
    /// Sets the formats of results. The app calls it once, before it uses the store.
    ///
    /// - Parameters:
    ///   - serializer: the format of results, parts of chords and saved groups: Celery's `result_serializer`.
    ///   - accepted: further formats that can be read: Celery's `result_accept_content`.
    func writeResults(in serializer: Serializer, accepting accepted: [Serializer])
}

/// The formats in which results are written and read.
package struct ResultFormats: Sendable {
    /// JSON only.
    package static let json = ResultFormats()

    package let written: Serializer
    /// The formats that are read; always includes the one that is written.
    package let accepted: [Serializer]

    package init(written: Serializer = .json, accepted: [Serializer] = []) {
        self.written = written
        self.accepted = accepted.contains(written) ? accepted : accepted + [written]
    }
}

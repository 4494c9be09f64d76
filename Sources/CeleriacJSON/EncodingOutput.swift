/// The text that encoders write, with holes that are filled at the end.
final class EncodingOutput {
    /// Unchecked for speed: the writer makes no callbacks, so accesses cannot overlap.
    @exclusivity(unchecked) var writer: JSONWriter
    let nilMembers: NilMembers
    private var holes: [(offset: Int, node: EncodingNode)] = []
    private var failure: EncodingError?

    private static let placeholder = "null".utf8.count

    init(_ writer: JSONWriter, _ nilMembers: NilMembers) {
        self.writer = writer
        self.nilMembers = nilMembers
    }

    /// Reserves a place for a value that is encoded later.
    func putHole(for node: EncodingNode) {
        writer.null()
        holes.append((writer.bytes.count - Self.placeholder, node))
    }

    /// Records an error that cannot be thrown at once; it is thrown at the end.
    @discardableResult
    func fail(_ reason: String, _ path: [any CodingKey]) -> EncodingError {
        let error = EncodingError.invalidValue(path, .init(codingPath: path, debugDescription: reason))
        failure = failure ?? error
        return error
    }

    static var tooDeep: EncodingError {
        let reason = "more than \(JSONLimits.hardDepth) containers inside each other"
        return .invalidValue(reason, .init(codingPath: [], debugDescription: reason))
    }

    /// Fills the holes.
    func finish() throws {
        if let failure { throw failure }
        if writer.isTooDeep { throw Self.tooDeep }
        guard !holes.isEmpty else { return }
        var whole: [UInt8] = []
        var end = 0
        for (offset, node) in holes {
            node.finish()
            try node.output.finish()
            whole += writer.bytes[end..<offset]
            whole += node.output.writer.bytes
            end = offset + Self.placeholder
        }
        writer.bytes = whole + writer.bytes[end...]
    }
}

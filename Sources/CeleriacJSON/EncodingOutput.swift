/// The text that encoders write, with the holes to fill at the end.
final class EncodingOutput {
    /// Unchecked for speed: the writer calls nobody back, so no access can begin while another is under way.
    @exclusivity(unchecked) var writer: JSONWriter
    let nilMembers: NilMembers
    private var holes: [(offset: Int, node: EncodingNode)] = []
    private var failure: EncodingError?

    private static let placeholder = "null".utf8.count

    init(_ writer: JSONWriter, _ nilMembers: NilMembers) {
        self.writer = writer
        self.nilMembers = nilMembers
    }

    /// Leaves room for a value that is encoded meanwhile.
    func putHole(for node: EncodingNode) {
        writer.null()
        holes.append((writer.bytes.count - Self.placeholder, node))
    }

    /// Notes an error, to be thrown at the end where it cannot be thrown on the spot.
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

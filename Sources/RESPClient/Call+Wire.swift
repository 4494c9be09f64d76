import NIOCore

extension Call {
    private static let multi = RESPCommand("MULTI")
    private static let exec = RESPCommand("EXEC")

    /// About how many bytes ``write(to:)`` writes.
    var size: Int {
        switch payload {
        case .one(let command): command.bytes.count
        case .several(let commands), .transaction(let commands): commands.reduce(0) { $0 + $1.bytes.count }
        }
    }

    func write(to buffer: inout ByteBuffer) {
        switch payload {
        case .one(let command):
            command.write(to: &buffer)
        case .several(let commands):
            for command in commands { command.write(to: &buffer) }
        case .transaction(let commands):
            Self.multi.write(to: &buffer)
            for command in commands { command.write(to: &buffer) }
            Self.exec.write(to: &buffer)
        }
    }

    /// Returns the error by which the server refused the call because it is the wrong server or not ready yet; `nil`
    /// for any other answer. A call refused in this way was not carried out at all.
    func misdirection(in answer: Answer) -> RESPServerError? {
        switch (payload, answer) {
        case (.one, .one(.error(let error))):
            error.isMisdirection ? error : nil
        case (.several, .several(let answers)):
            answers.allSatisfy(\.isError) ? answers.lazy.compactMap(\.misdirection).first : nil
        case (.transaction, .several(let answers)):
            answers.last?.isError == true ? answers.lazy.compactMap(\.misdirection).first : nil
        default: nil
        }
    }
}

extension RESPCommand {
    func write(to buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt8(ascii: "*"))
        buffer.writeString(String(count))
        buffer.writeInteger(0x0D0A as UInt16)
        buffer.writeBytes(bytes)
    }
}

extension RESPValue {
    var isError: Bool { if case .error = self { true } else { false } }

    var misdirection: RESPServerError? {
        if case .error(let error) = self, error.isMisdirection { error } else { nil }
    }
}

extension RESPServerError {
    /// Whether the command may succeed over a new connection: to the new master, or to this server once it is ready.
    var isMisdirection: Bool { ["READONLY", "LOADING", "MASTERDOWN"].contains(kind) }
}

import CeleriacBase

/// A Lua script; the server knows it by the SHA-1 of its text.
public struct RESPScript: Sendable, Hashable {
    public let source: String
    /// 40 hexadecimal digits.
    public let digest: String

    public init(_ source: String) {
        self.source = source
        digest = SHA1.digest(of: source)
    }

    func command(_ name: StaticString, _ script: String, _ keys: RESPWords, _ arguments: RESPWords) -> RESPCommand {
        var command = RESPCommand(name, script, keys.count)
        command.reserveCapacity(keys.size + arguments.size + 80)
        command.append(contentsOf: keys)
        command.append(contentsOf: arguments)
        return command
    }
}

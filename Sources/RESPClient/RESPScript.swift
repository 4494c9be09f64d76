/// A Lua script, known to the server by the SHA-1 of its text.
public struct RESPScript: Sendable, Hashable {
    public let source: String
    /// 40 hexadecimal digits.
    public let digest: String

    public init(_ source: String) {
        self.source = source
        digest = SHA1.digest(of: source)
    }

    func command(
        _ name: StaticString, _ script: String, _ keys: [String], _ arguments: [any RESPArgument]
    ) -> RESPCommand {
        var command = RESPCommand(name, script, keys.count)
        command.append(contentsOf: keys)
        for argument in arguments { argument.append(to: &command) }
        return command
    }
}

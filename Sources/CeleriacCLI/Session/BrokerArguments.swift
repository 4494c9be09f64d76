import Celeriac

/// The broker and result backend that a command line names: options that may stand anywhere before a `--`.
///
/// They are removed before the commands are parsed: every command accepts them, and none declares them.
struct BrokerArguments {
    private(set) var broker: String?
    private(set) var resultBackend: String?
    /// The arguments that remain.
    private(set) var rest: [String] = []
    /// The error for a missing URL. It is thrown once a command needs the broker.
    private(set) var problem: CommandFailure?

    static let help = """
        Every command accepts --broker (-b) URL and --result-backend URL. Their defaults are the environment \
        variables CELERIAC_BROKER_URL and CELERIAC_RESULT_BACKEND; without a result backend, results are read \
        from the broker's own store. Put passwords into the environment: other users may see the arguments of a \
        process.
        """

    init(_ arguments: [String]) {
        var left = arguments[...]
        while let word = left.popFirst() {
            if word == "--" {
                rest += [word] + left
                return
            }
            let (name, value) = Self.parts(of: word)
            switch name {
            case "-b", "--broker": broker = url(value, of: name, &left)
            case "--result-backend": resultBackend = url(value, of: name, &left)
            default: rest.append(word)
            }
        }
    }

    private static func parts(of word: String) -> (name: String, value: String?) {
        guard word.hasPrefix("--"), let equals = word.firstIndex(of: "=") else { return (word, nil) }
        return (String(word[..<equals]), String(word[word.index(after: equals)...]))
    }

    private mutating func url(_ value: String?, of name: String, _ left: inout ArraySlice<String>) -> String? {
        if let value = value ?? left.popFirst(), !value.isEmpty { return value }
        problem = CommandFailure(.usage, "\(name) needs a URL, such as redis://localhost")
        return nil
    }
}

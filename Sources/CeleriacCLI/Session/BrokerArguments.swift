import ArgumentParser
import Celeriac

/// The broker, result backend and configuration file that a command line names: options that may stand anywhere before a `--`.
///
/// They are removed before the commands are parsed: every command accepts them, and none declares them.
struct BrokerArguments {
    private(set) var broker: String?
    private(set) var resultBackend: String?
    /// The path of the configuration file.
    private(set) var file: String?
    /// The arguments that remain.
    private(set) var rest: [String] = []
    /// The error for a missing URL. It is thrown once a command needs the broker.
    private(set) var problem: CommandFailure?

    /// Whether a URL was named.
    var namesURL: Bool { broker != nil || resultBackend != nil }

    static let help = """
        Every command of Celeriac accepts --broker (-b) URL and --result-backend URL. Their defaults are the \
        environment variables CELERIAC_BROKER_URL and CELERIAC_RESULT_BACKEND, then what the program sets; without \
        a result backend, results are read from the broker's own store. Put passwords into the environment: other \
        users may see the arguments of a process. --config PATH or CELERIAC_CONFIG names a JSON file with settings \
        that apply where the environment sets nothing, such as {"celeriac": {"broker": {"url": "redis://localhost"}}}.
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
            case "--config": file = self.value(value, of: name, "the path of a JSON file", &left)
            default: rest.append(word)
            }
        }
    }

    private static func parts(of word: String) -> (name: String, value: String?) {
        guard word.hasPrefix("--"), let equals = word.firstIndex(of: "=") else { return (word, nil) }
        return (String(word[..<equals]), String(word[word.index(after: equals)...]))
    }

    private mutating func url(_ value: String?, of name: String, _ left: inout ArraySlice<String>) -> String? {
        self.value(value, of: name, "a URL, such as redis://localhost", &left)
    }

    /// - Parameter what: the value that is needed, for the error.
    private mutating func value(
        _ value: String?, of name: String, _ what: String, _ left: inout ArraySlice<String>
    ) -> String? {
        if let value = value ?? left.popFirst(), !value.isEmpty { return value }
        problem = CommandFailure(.usage, "\(name) needs \(what)")
        return nil
    }
}

extension BrokerArguments {
    /// Whether the arguments name one of Celeriac's commands, and not a command of the program's own, whose options may
    /// have the same names.
    func isForCommand(of own: [any ParsableCommand.Type]) -> Bool {
        guard let word = rest.first else { return false }
        return !own.contains { $0._commandName == word }
            && CeleriacCommand.subcommands.contains { $0._commandName == word }
    }
}

import ArgumentParser

/// The place of the Celery app in a Python program: `package.module:attribute`, as after `celery -A`.
struct CeleryAppArgument: ExpressibleByArgument {
    let module: String
    let attribute: String

    /// - Returns: `nil` unless both parts are names that Python's `import` accepts.
    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        let module = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, (module + parts.dropFirst()).allSatisfy(Self.isName) else { return nil }
        self.module = String(parts[0])
        attribute = parts.count == 2 ? String(parts[1]) : "app"
    }

    private static func isName(_ text: Substring) -> Bool {
        var names = PythonNames()
        return names.take(String(text)) == text
    }
}

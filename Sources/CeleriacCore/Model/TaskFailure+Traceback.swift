extension TaskFailure {
    /// The type as Python writes it: with its module, unless the module is `builtins`.
    package var typePath: String { module.map { $0.isEmpty || $0 == "builtins" ? type : "\($0).\(type)" } ?? type }

    /// The failure as the last line of a Python traceback: `Signup.SMTPError: greylisted`, `ValueError: too short`.
    package var lastLine: String { message.isEmpty ? typePath : "\(typePath): \(message)" }

    /// Returns the failure with a traceback of one frame, or unchanged if it has a traceback already.
    ///
    /// The text has the form that Python prints and its tools parse:
    ///
    /// ```
    /// Traceback (most recent call last):
    ///   File "Signup/Mail.swift", line 12, in Signup.sendWelcomeEmail
    /// Signup.SMTPError: greylisted
    /// ```
    ///
    /// - Parameters:
    ///   - name: the task.
    ///   - file: where the task is declared, or any other description of its place.
    ///   - line: the line of the declaration; 0 if it is unknown.
    package func traced(to name: TaskName, file: String, line: Int) -> TaskFailure {
        guard traceback?.isEmpty ?? true else { return self }
        let frame = "  File \"\(file)\", line \(line), in \(name)"
        return TaskFailure(
            type: type, module: module, message: message, arguments: arguments,
            traceback: "Traceback (most recent call last):\n\(frame)\n\(lastLine)\n", history: history)
    }
}

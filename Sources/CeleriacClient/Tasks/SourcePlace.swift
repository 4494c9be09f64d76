/// Where something is declared in source code.
public struct SourcePlace: Sendable, Hashable {
    /// The file in the form of `#fileID`, for example `Signup/Mail.swift`.
    public let file: String
    /// The line, from 1.
    public let line: Int

    /// Names a place; `@Task` uses it.
    public init(file: String, line: Int) {
        self.file = file
        self.line = line
    }
}

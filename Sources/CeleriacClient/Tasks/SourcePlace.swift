/// Where something is declared in source code.
public struct SourcePlace: Sendable, Hashable {
    /// The file in the form of `#fileID`, for example `Signup/Mail.swift`.
    public let file: String
    public let line: Int

    public init(file: String, line: Int) {
        self.file = file
        self.line = line
    }
}

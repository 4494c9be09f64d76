/// Why the text of a zone was refused. Says where, in bytes; the file's name is added by who opened it.
struct ZoneError: Error, Hashable, CustomStringConvertible {
    let reason: String
    let offset: Int

    var description: String { "\(reason), at byte \(offset)" }
}

/// Why a zone file was refused. Contains the position in bytes; the code that opened the file adds its name.
struct ZoneError: Error, Hashable, CustomStringConvertible {
    let reason: String
    let offset: Int

    var description: String { "\(reason), at byte \(offset)" }
}

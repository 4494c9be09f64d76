#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import CeleriacBase

/// The folders that may contain the machine's time zone database.
///
/// `TZDIR` comes first, if it is set, then the folders of Python's `zoneinfo` (its `TZPATH`) and that of macOS.
struct ZoneFolders: Sendable {
    let paths: [String]

    init(paths: [String]) { self.paths = paths }

    static let standard = ZoneFolders(
        paths: (getenv("TZDIR").map { [String(cString: $0)] } ?? []) + [
            "/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo",
            "/var/db/timezone/zoneinfo",
        ]
    )

    /// Reads a zone from the first folder that has it.
    ///
    /// - Throws: ``CeleriacError`` with code `invalidName`, `unknownZone` or `malformedZone`.
    func rules(of identifier: String) throws(CeleriacError) -> ZoneRules {
        try Self.check(identifier)
        for path in paths {
            let file = "\(path)/\(identifier)"
            guard let bytes = Self.read(file) else { continue }
            do throws(ZoneError) {
                guard bytes.count <= ZoneBytes.limit else { throw ZoneError(reason: "too large", offset: bytes.count) }
                return try ZoneFile.rules(in: bytes)
            } catch {
                throw CeleriacError(.malformedZone, "\(file) is not a time zone file: \(error); reinstall tzdata")
            }
        }
        throw unknown(identifier)
    }

    private func unknown(_ identifier: String) -> CeleriacError {
        CeleriacError(
            .unknownZone,
            "no time zone \"\(identifier)\" in \(paths.joined(separator: ", ")): check the name (as in Europe/Berlin), "
                + "install the package tzdata, or let TZDIR name its folder"
        )
    }

    // MARK: Names

    /// Checks a name: it becomes part of a path, so it must not lead out of the folder.
    private static func check(_ identifier: String) throws(CeleriacError) {
        let parts = identifier.split(separator: "/", omittingEmptySubsequences: false)
        let isValid =
            identifier.utf8.count <= 100 && identifier.utf8.allSatisfy(isNameCharacter)
            && parts.allSatisfy { !$0.isEmpty && $0.first != "." }
        guard isValid else {
            throw CeleriacError(
                .invalidName,
                "\"\(identifier.prefix(60).debugDescription.dropFirst().dropLast())\" is not the name of a time zone: "
                    + "use one such as UTC, Europe/Berlin or America/Argentina/Ushuaia"
            )
        }
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "+"),
            UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    // MARK: Files

    /// Reads at most one byte more than the limit; `nil` if there is no readable file.
    private static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        let bytes = [UInt8](unsafeUninitializedCapacity: ZoneBytes.limit + 1) { buffer, count in
            count = fread(buffer.baseAddress, 1, buffer.count, file)
        }
        return bytes.isEmpty ? nil : bytes
    }
}

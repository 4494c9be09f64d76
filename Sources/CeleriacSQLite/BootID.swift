import Foundation

/// The identity of the current boot: leases end by uptime, which means nothing after a reboot.
enum BootID {
    static let current: String = {
        #if canImport(Darwin)
            var size = 0
            sysctlbyname("kern.bootsessionuuid", nil, &size, nil, 0)
            var name = [UInt8](repeating: 0, count: size)
            sysctlbyname("kern.bootsessionuuid", &name, &size, nil, 0)
            return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
        #else
            let file = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
            return file?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        #endif
    }()

    /// The identity as a number (FNV-1a), because each lease carries it.
    static func number(of name: String) -> Int64 {
        let hash = name.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return Int64(bitPattern: hash)
    }
}

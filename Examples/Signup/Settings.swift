import Celeriac
import Configuration

/// The settings in the environment. `TaskApp` reads those of the queue itself (`CELERIAC_BROKER_URL`, …).
///
/// | variable | default |
/// |---|---|
/// | `HOST`, `PORT` | `127.0.0.1`, 8080 (0 = a free one) |
/// | `SMTP_HOST`, `SMTP_PORT` | `127.0.0.1`, 25 |
/// | `SMTP_FROM` | `signup@example.com` |
struct Settings: Sendable {
    let host: String
    let port: Int
    let mailClient: SMTPClient

    /// - Throws: `CeleriacError` with code `invalidConfiguration`, which names the setting.
    init(_ configuration: ConfigReader = ConfigReader(provider: EnvironmentVariablesProvider())) throws {
        host = configuration.string(forKey: "host", default: "127.0.0.1")
        port = try configuration.port("port", in: 0...65_535, default: 8080)
        mailClient = SMTPClient(
            host: configuration.string(forKey: "smtp.host", default: "127.0.0.1"),
            port: try configuration.port("smtp.port", in: 1...65_535, default: 25),
            sender: try configuration.sender("smtp.from", default: "signup@example.com")
        )
    }
}

extension ConfigReader {
    fileprivate func port(_ key: ConfigKey, in range: ClosedRange<Int>, default fallback: Int) throws -> Int {
        guard let text = string(forKey: key) else { return fallback }
        if let port = Int(text), range.contains(port) { return port }
        throw CeleriacError(
            .invalidConfiguration, "setting \(key) must be a number from \(range.lowerBound) to \(range.upperBound)"
        )
    }

    fileprivate func sender(_ key: ConfigKey, default fallback: String) throws -> EmailAddress {
        if let address = EmailAddress(string(forKey: key, default: fallback)) { return address }
        throw CeleriacError(.invalidConfiguration, "setting \(key) must be an e-mail address")
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import NIOCore

/// Words for people about a connection that could not be made.
package enum ConnectFailure {
    /// Returns the reasons as short phrases, such as "connection refused", each once.
    ///
    /// - Parameter attempts: the error for each address of the host; empty if its name has no address.
    package static func text(_ attempts: [any Error]) -> String {
        let reasons = attempts.map(reason).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        return reasons.isEmpty ? "the name of the host is unknown" : reasons.joined(separator: ", ")
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as IOError: String(cString: strerror(error.errnoCode)).lowercased()
        case ChannelError.connectTimeout: "no answer in time"
        default: "\(error)"
        }
    }
}

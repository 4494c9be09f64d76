import NIOCore
import NIOSSL
import NIOTLS

/// Refuses a server whose certificate does not bear the name that was asked for, at the end of the handshake.
///
/// NIOSSL has checked chain and names by then, but it is also content with a certificate that bears the IP address at which
/// the server was reached: whoever can make a name resolve to an address of his own may well have a certificate for that.
/// This comes on top, so it can but refuse more. What was written before the end of the handshake has not been sent.
final class NameCheck: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let name: String

    init(_ name: String) { self.name = name }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent, !isNamed(in: context) {
            context.fireErrorCaught(NIOSSLExtraError.failedToValidateHostname)
            return context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func isNamed(in context: ChannelHandlerContext) -> Bool {
        let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
        guard let certificate = handler?.peerCertificate else { return false }
        let names = certificate._subjectAlternativeNames()
        // Then NIOSSL has compared the common name, and never an address.
        guard !names.isEmpty else { return true }
        return names.contains { other in
            other.nameType == .dnsName
                && other.contents.withUnsafeBufferPointer { Self.fits(name, String(decoding: $0, as: UTF8.self)) }
        }
    }

    /// Whether a name of a certificate stands for a host: the same, or with `*` as its first word (RFC 6125, 6.4.3).
    static func fits(_ host: String, _ pattern: String) -> Bool {
        let host = words(host), pattern = words(pattern)
        guard host.count == pattern.count, pattern.count > 0 else { return false }
        if pattern[0] == "*" { return pattern.count > 2 && host.dropFirst() == pattern.dropFirst() }
        return host == pattern
    }

    /// Without a dot at the end, in lower case.
    private static func words(_ name: String) -> [Substring] {
        let lower = name.lowercased()
        let plain = lower.last == "." ? lower.dropLast() : lower[...]
        return plain.split(separator: ".", omittingEmptySubsequences: false)
    }
}

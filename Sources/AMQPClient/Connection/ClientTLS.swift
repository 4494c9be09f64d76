import NIOCore
import NIOSSL
import NIOTLS

/// The settings of TLS. They are read again for each connection, so that renewed certificates take effect.
struct ClientTLS: Sendable {
    private let context: NIOSSLContext
    private let serverName: String?
    private let checksName: Bool

    init(_ tls: AMQPConfiguration.TLS, host: String?) throws {
        do {
            context = try NIOSSLContext(configuration: Self.settings(of: tls))
        } catch {
            throw AMQPError(.misconfigured, "the certificates or the key cannot be read: \(error)")
        }
        serverName = tls.serverName ?? host
        checksName = tls.verification == .full
    }

    /// Adds the handlers that encrypt and check the name to an empty pipeline.
    func addHandlers(to pipeline: ChannelPipeline.SynchronousOperations) throws {
        do {
            try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: serverName))
            if checksName, let serverName { try pipeline.addHandler(NameCheck(serverName)) }
        } catch let error as NIOSSLExtraError where error == .cannotUseIPAddressInSNI {
            // Without a server name, NIOSSL checks the certificate against the peer's address.
            try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
        }
    }

    private static func settings(of tls: AMQPConfiguration.TLS) throws -> TLSConfiguration {
        var settings = TLSConfiguration.makeClientConfiguration()
        settings.minimumTLSVersion = .tlsv12
        settings.certificateVerification =
            switch tls.verification {
            case .full: .fullVerification
            case .chainOnly: .noHostnameVerification
            case .insecurelyNothing: .none
            }
        if let authorities = tls.authorities { settings.trustRoots = .file(authorities) }
        if let certificate = tls.certificate {
            settings.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) }
        }
        if let key = tls.key { settings.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)) }
        return settings
    }
}

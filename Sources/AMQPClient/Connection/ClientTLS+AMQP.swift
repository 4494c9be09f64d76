import NIOSSL
import SocketKit

extension ClientTLS {
    /// - Throws: ``AMQPError`` with the code `misconfigured` if a file cannot be read.
    init(_ tls: AMQPConfiguration.TLS, host: String?) throws {
        let verification: CertificateVerification =
            switch tls.verification {
            case .full: .fullVerification
            case .chainOnly: .noHostnameVerification
            case .insecurelyNothing: .none
            }
        try self.init(
            verification, authorities: tls.authorities, certificate: tls.certificate, key: tls.key,
            serverName: tls.serverName ?? host
        ) { AMQPError(.misconfigured, $0) }
    }
}

public import Foundation
import TestKit

/// Certificates of the test's own, made by `openssl`: an authority, and what it or another one signed.
///
/// In ``folder``: `ca.pem`, `other-ca.pem`; and with their keys (`NAME.key`) `server.pem` (localhost, 127.0.0.1), `address.pem` (127.0.0.1
/// alone), `any.pem` (any host of localhost.test),
/// `elsewhere.pem` (another host), `expired.pem`, `self-signed.pem`, `client.pem`, `other-client.pem` (of the other
/// authority).
public struct Certificates: Sendable {
    public let folder: URL

    /// Makes them for the scope of `body`.
    public static func with<Value>(_ body: (Certificates) async throws -> Value) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appending(path: "celeriac-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
        )
        defer { try? FileManager.default.removeItem(at: folder) }
        try await run(script, in: folder)
        return try await body(Certificates(folder: folder))
    }

    public func path(_ name: String) -> String { folder.appending(path: name).path }

    /// How a server shows the certificate of this name.
    public func server(_ name: String, asksClients: Bool = false) -> RedisServer.TLS {
        RedisServer.TLS(
            certificate: path("\(name).pem"), key: path("\(name).key"), authorities: path("ca.pem"),
            asksClients: asksClients
        )
    }

    private static func run(_ script: String, in folder: URL) async throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-ec", script]
        process.currentDirectoryURL = folder
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let status = try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.begin() } catch { continuation.resume(throwing: error) }
        }
        guard status == 0 else { throw CocoaError(.executableLoad) }
    }

    private static let script = """
        key() { openssl ecparam -name prime256v1 -genkey -noout -out $1.key; }
        authority() { key $1; openssl req -x509 -new -key $1.key -days 2 -subj /CN=$1 -out $1.pem; }
        signed() {
            key $1; openssl req -new -key $1.key -subj /CN=$1 -out $1.csr; echo "subjectAltName=$3" > $1.ext
            openssl x509 -req -in $1.csr -CA $2.pem -CAkey $2.key -CAcreateserial -days $4 -extfile $1.ext -out $1.pem
        }
        authority ca; authority other-ca
        signed server ca DNS:localhost,IP:127.0.0.1 2
        signed elsewhere ca DNS:elsewhere.invalid 2
        signed address ca DNS:elsewhere.invalid,IP:127.0.0.1 2; signed any ca DNS:*.localhost.test 2
        signed expired ca DNS:localhost,IP:127.0.0.1 -1
        signed client ca DNS:client.invalid 2
        signed other-client other-ca DNS:client.invalid 2
        key self-signed
        openssl req -x509 -new -key self-signed.key -days 2 -subj /CN=localhost \\
            -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -out self-signed.pem
        """
}

import CeleriacRQWire
import NIOCore
import NIOHTTP1

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A webhook as it is sent: the address and the content.
struct WebhookRequest: Sendable {
    let isEncrypted: Bool
    let host: String
    let port: Int
    let head: HTTPRequestHead
    let body: [UInt8]?
    let timeout: Duration

    /// Why a webhook cannot be sent. It never contains the address, which may hold a secret.
    struct Refusal: Error, CustomStringConvertible {
        let description: String
    }

    /// The headers that frame the request: a job cannot set them.
    private static let framing: Set<String> = ["content-length", "transfer-encoding", "connection", "upgrade", "te"]

    init(_ call: WebhookCall) throws(Refusal) {
        guard call.webhook.method == "GET" || call.webhook.method == "POST" else {
            throw Refusal(description: "its method must be GET or POST")
        }
        guard let url = URLComponents(string: call.webhook.url), let scheme = url.scheme?.lowercased(),
            scheme == "http" || scheme == "https", let host = url.host, !host.isEmpty
        else { throw Refusal(description: "its address must be an http or https URL") }
        guard url.user == nil, url.password == nil else {
            throw Refusal(description: "its address contains a user; use a header instead")
        }
        isEncrypted = scheme == "https"
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        let usual = isEncrypted ? 443 : 80
        port = url.port ?? usual
        guard (1...65_535).contains(port) else {
            throw Refusal(description: "the port of its address must be from 1 to 65535")
        }
        let path = url.percentEncodedPath.isEmpty ? "/" : url.percentEncodedPath
        let target = path + (url.percentEncodedQuery.map { "?\($0)" } ?? "")
        let name = self.host.contains(":") ? "[\(self.host)]" : self.host
        head = HTTPRequestHead(
            version: .http1_1, method: call.body == nil ? .GET : .POST, uri: target,
            headers: Self.headers(call, host: port == usual ? name : "\(name):\(port)"))
        body = call.body
        timeout = call.timeout
    }

    /// Returns the headers. The job's own replace the usual ones.
    private static func headers(_ call: WebhookCall, host: String) -> HTTPHeaders {
        var headers: HTTPHeaders = ["Host": host, "User-Agent": "Celeriac", "Accept-Encoding": "identity"]
        if let body = call.body {
            headers.add(name: "Content-Type", value: "application/json")
            headers.add(name: "Content-Length", value: String(body.count))
        }
        for (name, value) in (call.webhook.headers ?? [:]).sorted(by: { $0.key < $1.key })
        where !framing.contains(name.lowercased()) {
            headers.replaceOrAdd(name: name, value: value)
        }
        headers.add(name: "Connection", value: "close")
        return headers
    }
}

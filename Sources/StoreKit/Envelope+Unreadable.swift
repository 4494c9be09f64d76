package import CeleriacCore

extension Envelope {
    /// What people are shown of a message that cannot be read: its bytes, as the body.
    package static func unreadable(_ id: TaskID, _ raw: [UInt8]) -> Envelope {
        Envelope(
            headers: MessageHeaders(id: id, task: "unreadable"),
            properties: Properties(contentType: "application/octet-stream", contentEncoding: "binary"), body: raw)
    }
}
